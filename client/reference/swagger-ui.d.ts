/** As much of it as is used. */
declare module '@fastify/swagger-ui/static/swagger-ui-bundle.js' {
  interface SwaggerUI {
    initOAuth(options: { clientId: string; clientSecret: string; scopes: string }): void;
  }

  const createSwaggerUI: (options: Record<string, unknown>) => SwaggerUI;
  export default createSwaggerUI;
}
