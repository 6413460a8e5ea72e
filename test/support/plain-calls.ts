/** `off` in the vitest project that sends the HTTP tests through tRPC's own adapter, see vite.config.ts. */
export const PLAIN_CALLS = process.env['PLAIN_CALLS'] ?? 'on';
