import { expect } from 'vitest';
import { registerClient, type NewClient } from '../../server/flows/manage-clients.ts';
import {
  oauthErrorSchema,
  tokenResponseSchema,
  userinfoSchema,
  type TokenResponse,
} from '../../shared/oauth.ts';
import { ALL_SCOPES } from '../../shared/scopes.ts';
import type { Listening } from './listening.ts';
import { GOOD_PASSWORD, type World } from './world.ts';

type Headers = Record<string, string>;

/** Parameters, or the very text or bytes of the body. */
export type FormInput = Record<string, string> | string | Uint8Array<ArrayBuffer>;

export interface ShownClient {
  id: string;
  /** Empty for a public client. */
  secret: string;
}

export const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** What Ada sends; `client_id` or the header is added by whoever is not the project's own client. */
export const PASSWORD_FORM = {
  grant_type: 'password',
  username: 'ada@example.com',
  password: GOOD_PASSWORD,
};

/** As the operator would: confidential, with both grants and every scope unless said otherwise. */
export async function addClient(
  { app }: Pick<World, 'app'>,
  options: Partial<NewClient> = {},
): Promise<ShownClient> {
  const { client, secret = '' } = await registerClient(app.deps, {
    name: 'A service',
    confidential: true,
    grants: ['password', 'refresh_token'],
    ceiling: ALL_SCOPES,
    ...options,
  });
  return { id: client.id, secret };
}

/** RFC 6749 §2.3.1. */
export function basicOf({ id, secret }: ShownClient): Headers {
  return basicText(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`);
}

/** The header around any text or bytes. */
export function basicText(pair: string | Buffer): Headers {
  return { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

export function bearer(token: string): Headers {
  return { Authorization: `Bearer ${token}` };
}

export async function post(
  { base }: Pick<Listening, 'base'>,
  path: string,
  { form, headers = {} }: { form: FormInput; headers?: Headers },
): Promise<Response> {
  const isRaw = typeof form === 'string' || form instanceof Uint8Array;
  const body = isRaw ? form : new URLSearchParams(form).toString();
  return fetch(`${base}/oauth/${path}`, { method: 'POST', body, headers: { ...FORM, ...headers } });
}

/** `200`, or status and error code, such as `400 invalid_grant`; fails on any answer outside RFC 6749 §5. */
export async function verdictOf(response: Response): Promise<string> {
  return readVerdict(response, await response.text());
}

/** RFC 6749 §5.1, §5.2: what every answer has, and what a developer may be told. */
export function readVerdict({ status, headers }: Pick<Response, 'status' | 'headers'>, body: string): string {
  expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('pragma')).toBe('no-cache');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.getSetCookie()).toEqual([]);
  if (status === 200) return '200';
  const { error, error_description: description = '' } = oauthErrorSchema.strict().parse(JSON.parse(body));
  expect(description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]{5,80}$/);
  return `${status} ${error}`;
}

/** Fails with what the server said when it gave none. */
export async function tokensOf(response: Response): Promise<TokenResponse> {
  const body = await response.text();
  if (readVerdict(response, body) !== '200') throw new Error(`${response.status}: ${body}`);
  return tokenResponseSchema.strict().parse(JSON.parse(body));
}

/** Ada signs in through a client; with `refresh_token`. */
export async function signInThrough(
  server: Pick<Listening, 'base'>,
  client: ShownClient | undefined,
  form: Record<string, string> = {},
): Promise<{ accessToken: string; refreshToken: string; scope: string }> {
  const headers = client ? basicOf(client) : {};
  const answer = await tokensOf(
    await post(server, 'token', { form: { ...PASSWORD_FORM, ...form }, headers }),
  );
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? '',
    scope: answer.scope,
  };
}

export async function refreshThrough(
  server: Pick<Listening, 'base'>,
  client: ShownClient | undefined,
  form: { refresh_token: string; scope?: string },
): Promise<Response> {
  const headers = client ? basicOf(client) : {};
  return post(server, 'token', { form: { grant_type: 'refresh_token', ...form }, headers });
}

/** `200`, or what was refused. */
export async function userinfoVerdict({ base }: Pick<Listening, 'base'>, token: string): Promise<string> {
  const response = await fetch(`${base}/oauth/userinfo`, { headers: bearer(token) });
  const body = await response.text();
  const verdict = readVerdict(response, body);
  if (verdict === '200') userinfoSchema.strict().parse(JSON.parse(body));
  return verdict;
}

/** The whole answer, as it came. */
export async function introspect(
  server: Pick<Listening, 'base'>,
  client: ShownClient,
  token: string,
): Promise<unknown> {
  const response = await post(server, 'introspect', { form: { token }, headers: basicOf(client) });
  const body = await response.text();
  expect(readVerdict(response, body)).toBe('200');
  return JSON.parse(body);
}
