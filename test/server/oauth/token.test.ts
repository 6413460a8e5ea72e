import { decodeJwt, decodeProtectedHeader } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { sessionSchema } from '../../../shared/session.ts';
import { dataOf } from '../../support/answers.ts';
import { HOUR, MINUTE } from '../../support/clock.ts';
import { listen, sharedServer } from '../../support/listening.ts';
import {
  addClient,
  basicOf,
  introspect,
  PASSWORD_FORM,
  post,
  refreshThrough,
  signInThrough,
  tokensOf,
  userinfoVerdict,
} from '../../support/oauth.ts';

// RFC 6749 §5.1 and RFC 9068 §2.

const ISSUER = 'http://localhost:3000';
const server = sharedServer();
beforeAll(() => server().client().register());

describe('tokens', () => {
  test('come as JSON that nobody keeps, with numbers as numbers and the scope that was granted', async () => {
    const response = await post(server(), 'token', { form: PASSWORD_FORM });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      pragma: 'no-cache',
    });
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await response.json()).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_token: expect.stringMatching(/^spr_/),
      scope: 'profile:read profile:write',
    });
  });

  test('are of the client that asked, in every claim of RFC 9068', async () => {
    const service = await addClient(server());
    const { accessToken } = await signInThrough(server(), service, { scope: 'profile:read' });
    const now = Math.floor(server().clock.now() / 1000);
    expect(decodeProtectedHeader(accessToken)).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: expect.any(String),
    });
    expect(decodeJwt(accessToken)).toEqual({
      iss: ISSUER,
      aud: ISSUER,
      sub: expect.any(String),
      client_id: service.id,
      iat: now,
      exp: now + 900,
      jti: expect.any(String),
      scope: 'profile:read',
      sid: expect.any(String),
      auth_time: now,
      amr: ['pwd'],
    });
  });

  test('are used with tRPC like any other', async () => {
    const ada = server().client();
    ada.bearer = (await signInThrough(server(), await addClient(server()))).accessToken;
    expect(await dataOf(await ada.query('auth.me'), z.object({ email: z.string() }))).toEqual({
      email: 'ada@example.com',
    });
  });

  test('never outlive the session, and the last says how long it has', async () => {
    const short = await listen({ SESSION_IDLE_TTL: '1h', SESSION_MAX_TTL: '1h' });
    await short.client().register();
    const { refreshToken } = await signInThrough(short, undefined);
    short.clock.advance(HOUR - 5 * MINUTE);
    const last = await tokensOf(await refreshThrough(short, undefined, { refresh_token: refreshToken }));
    expect(last.expires_in).toBe(300);
  });
});

describe('the session behind them', () => {
  const listOf = async (owner: ReturnType<ReturnType<typeof server>['client']>) =>
    dataOf(await owner.query('sessions.list'), z.array(sessionSchema));

  test('stands in its owner’s list, who can end it', async () => {
    const owner = server().client();
    await owner.register('grace@example.com');
    const service = await addClient(server());
    const response = await post(server(), 'token', {
      form: { ...PASSWORD_FORM, username: 'grace@example.com' },
      headers: { ...basicOf(service), 'User-Agent': 'backup-script/2.0' },
    });
    const { access_token: accessToken } = await tokensOf(response);
    const listed = (await listOf(owner)).find(({ current }) => !current);
    expect(listed).toMatchObject({ id: decodeJwt(accessToken)['sid'], userAgent: 'backup-script/2.0' });
    expect((await owner.mutate('sessions.revoke', { id: listed?.id })).status).toBe(200);
    expect(await userinfoVerdict(server(), accessToken)).toBe('401 invalid_token');
  });

  test('of a client without the grant to renew it has no refresh token, and is over with its access token', async () => {
    const own = await listen();
    const owner = own.client();
    await owner.register();
    const once = await addClient(own, { grants: ['password'] });
    const asking = await addClient(own);
    const answer = await tokensOf(await post(own, 'token', { form: PASSWORD_FORM, headers: basicOf(once) }));
    expect(answer).not.toHaveProperty('refresh_token');
    expect(answer.expires_in).toBe(900);
    expect(await listOf(owner)).toHaveLength(2);
    own.clock.advance(15 * MINUTE - 1000);
    expect(await userinfoVerdict(own, answer.access_token)).toBe('200');
    own.clock.advance(1000);
    expect(await userinfoVerdict(own, answer.access_token)).toBe('401 invalid_token');
    expect(await introspect(own, asking, answer.access_token)).toEqual({ active: false });
    await owner.signIn();
    expect((await listOf(owner)).map(({ id }) => id)).not.toContain(decodeJwt(answer.access_token)['sid']);
  });
});
