import { z } from 'zod';
import { version } from '../../../package.json';
import { oauthErrorSchema, type GrantType } from '../../../shared/oauth.ts';
import { PRODUCT_NAME } from '../../../shared/product.ts';
import { errorDataSchema } from '../../../shared/reasons.ts';
import { SCOPES } from '../../../shared/scopes.ts';
import { machinePaths } from './machine-paths.ts';
import { oauthPaths } from './oauth-paths.ts';
import { json, type ErrorResponse, type SecurityScheme } from './operation.ts';
import { procedurePaths } from './procedure-paths.ts';

export interface DocumentOptions {
  publicUrl: string;
  /** Grant types that the token endpoint answers. */
  grants: readonly GrantType[];
}

const DESCRIPTION =
  'Accounts, sessions and tokens. `docs/API.md` of the project shows the journey with curl, and the streams, which are not listed here.';

/** The whole HTTP interface in OpenAPI 3.1, out of the schemas that check the calls. */
export function createDocument({ publicUrl, grants }: DocumentOptions) {
  return {
    openapi: '3.1.0',
    info: { title: `${PRODUCT_NAME} API`, version, description: DESCRIPTION },
    servers: [{ url: publicUrl }],
    paths: { ...oauthPaths(grants), ...procedurePaths(), ...machinePaths },
    components: { securitySchemes: securitySchemes(grants), responses: ERROR_RESPONSES },
  };
}

/** Without the password grant nobody can authorise with it: then `person` is what to do with a token of theirs. */
function securitySchemes(grants: readonly GrantType[]): Record<SecurityScheme, object> {
  const token = {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token that you have already.',
  };
  const urls = { tokenUrl: '/oauth/token', refreshUrl: '/oauth/token' };
  const person = {
    type: 'oauth2',
    description: 'Sign in with your e-mail address as the user name.',
    flows: { password: { ...urls, scopes: SCOPES } },
  };
  return {
    person: grants.includes('password') ? person : token,
    token,
    client: {
      type: 'http',
      scheme: 'basic',
      description: 'Not a person but a registered client: its id and its secret.',
    },
  };
}

const procedureError = z.object({
  error: z.object({ message: z.string(), code: z.number().int(), data: errorDataSchema }),
});

const ERROR_RESPONSES: Record<ErrorResponse, object> = {
  ProcedureError: json('Refused: `reason` says why.', procedureError),
  OAuthError: json('Refused (RFC 6749 §5.2).', oauthErrorSchema),
};
