import { z } from 'zod';
import { json, type Paths } from './operation.ts';

const urls = z.object({
  token_endpoint: z.url(),
  revocation_endpoint: z.url(),
  introspection_endpoint: z.url(),
  userinfo_endpoint: z.url(),
  jwks_uri: z.url(),
});

/** RFC 8414 §2, as far as it is what clients read first. */
const metadata = z.looseObject({
  issuer: z.url(),
  ...urls.shape,
  grant_types_supported: z.array(z.string()),
});

/** RFC 7517 §4. */
const jwks = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.literal('sig') })),
});

const isReady = z.object({ status: z.literal('ready') });
const isNotReady = z.object({ status: z.enum(['draining', 'unavailable']) });

/** What machines read without being anybody. */
export const machinePaths: Paths = {
  '/.well-known/oauth-authorization-server': {
    get: {
      operationId: 'metadata',
      tags: ['discovery'],
      summary: 'What this server offers, and where (RFC 8414)',
      security: [],
      responses: { 200: json('The metadata.', metadata) },
    },
  },
  '/.well-known/jwks.json': {
    get: {
      operationId: 'jwks',
      tags: ['discovery'],
      summary: 'The public keys that access tokens verify against (RFC 7517)',
      security: [],
      responses: { 200: json('The keys.', jwks) },
    },
  },
  '/healthz': {
    get: {
      operationId: 'healthz',
      tags: ['health'],
      summary: 'Whether the process runs',
      security: [],
      responses: { 200: json('It does.', z.object({ status: z.literal('ok') })) },
    },
  },
  '/readyz': {
    get: {
      operationId: 'readyz',
      tags: ['health'],
      summary: 'Whether it can serve',
      security: [],
      responses: { 200: json('It can.', isReady), 503: json('It cannot, or is on its way out.', isNotReady) },
    },
  },
};
