import { z } from 'zod';
import {
  introspectionSchema,
  passwordGrantSchema,
  refreshGrantSchema,
  tokenFormSchema,
  tokenResponseSchema,
  userinfoSchema,
  type GrantType,
} from '../../../shared/oauth.ts';
import { inputSchema } from './json-schema.ts';
import { json, refused, type Operation, type Paths } from './operation.ts';

const TAG = 'oauth';

const WORDS: Record<GrantType, string> = {
  password: 'For `password`: `username`, which is the e-mail address, and `password`.',
  refresh_token: 'For `refresh_token`: `refresh_token`.',
};

export function oauthPaths(grants: readonly GrantType[]): Paths {
  return {
    '/oauth/token': {
      post: {
        operationId: 'token',
        tags: [TAG],
        summary: 'Get an access token for a password or a refresh token (RFC 6749)',
        description: grants.map((grant) => WORDS[grant]).join(' '),
        security: [{}, { client: [] }],
        requestBody: form(tokenForm(grants)),
        responses: { 200: json('The tokens.', tokenResponseSchema), ...refused('OAuthError') },
      },
    },
    '/oauth/revoke': { post: revoke },
    '/oauth/introspect': { post: introspect },
    '/oauth/userinfo': { get: userinfo },
  };
}

/** Both grants in one: no page makes fields for a form out of alternatives. */
function tokenForm(grants: readonly GrantType[]) {
  return z.object({
    ...passwordGrantSchema.partial().shape,
    ...refreshGrantSchema.partial().shape,
    grant_type: z.enum(grants),
  });
}

const revoke: Operation = {
  operationId: 'revoke',
  tags: [TAG],
  summary: 'End the session of an access token or a refresh token (RFC 7009)',
  security: [{}, { client: [] }],
  requestBody: form(tokenFormSchema),
  responses: { 200: json('Done, or there was nothing to do.', z.object({})), ...refused('OAuthError') },
};

const introspect: Operation = {
  operationId: 'introspect',
  tags: [TAG],
  summary: 'Ask whether a token is live, and whose it is (RFC 7662)',
  description: 'For confidential clients.',
  security: [{ client: [] }],
  requestBody: form(tokenFormSchema),
  responses: { 200: json('What the token is.', introspectionSchema), ...refused('OAuthError') },
};

const userinfo: Operation = {
  operationId: 'userinfo',
  tags: [TAG],
  summary: 'Who the token speaks for',
  security: [{ person: ['profile:read'] }, { token: [] }],
  responses: { 200: json('Their claims.', userinfoSchema), ...refused('OAuthError') },
};

function form(schema: z.ZodType) {
  // With its own words for a field that is left empty: a page would otherwise fill it with what fits the pattern.
  const { properties = {}, ...rest } = inputSchema(schema);
  const fields = Object.entries(properties).map(([name, field]) => [
    name,
    typeof field === 'object' && !('enum' in field) && !('const' in field)
      ? { ...field, examples: [''] }
      : field,
  ]);
  const form = { ...rest, properties: Object.fromEntries(fields) };
  return { required: true, content: { 'application/x-www-form-urlencoded': { schema: form } } };
}
