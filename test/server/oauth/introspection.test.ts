import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { disableAccount } from '../../../server/flows/switch-account.ts';
import { introspectionSchema } from '../../../shared/oauth.ts';
import { DAY, MINUTE, SECOND } from '../../support/clock.ts';
import { sharedServer } from '../../support/listening.ts';
import {
  addClient,
  basicOf,
  introspect,
  post,
  refreshThrough,
  signInThrough,
  tokensOf,
  verdictOf,
  type ShownClient,
} from '../../support/oauth.ts';

// RFC 7662.

const ISSUER = 'http://localhost:3000';
const INACTIVE = { active: false };

interface Held {
  email: string;
  /** Asks, and is who the tokens were given to. */
  service: ShownClient;
  accessToken: string;
  refreshToken: string;
}

const server = sharedServer();
let people = 0;

/** A person of their own for each test, signed in through a client of their own. */
async function begin(): Promise<Held> {
  people += 1;
  const email = `person-${people}@example.com`;
  await server().client().register(email);
  const service = await addClient(server());
  return { email, service, ...(await signInThrough(server(), service, { username: email })) };
}

const renew = async ({ service, refreshToken }: Held) =>
  tokensOf(await refreshThrough(server(), service, { refresh_token: refreshToken }));

describe('of a live token is told', () => {
  test('of access: all that RFC 7662 §2.2 names, and its session', async () => {
    const { email, service, accessToken } = await begin();
    const now = Math.floor(server().clock.now() / 1000);
    const { sub, sid, jti } = decodeJwt(accessToken);
    const answer = await introspect(server(), service, accessToken);
    expect(answer).toEqual({
      active: true,
      token_type: 'Bearer',
      scope: 'profile:read profile:write',
      client_id: service.id,
      username: email,
      sub,
      iss: ISSUER,
      aud: ISSUER,
      sid,
      exp: now + 900,
      iat: now,
      jti,
      auth_time: now,
    });
    introspectionSchema.parse(answer);
  });

  test('of refresh: the same of its session, and when that ends if it is not used', async () => {
    const { email, service, accessToken, refreshToken } = await begin();
    const now = Math.floor(server().clock.now() / 1000);
    const { sub, sid } = decodeJwt(accessToken);
    const answer = await introspect(server(), service, refreshToken);
    expect(answer).toEqual({
      active: true,
      token_type: 'refresh_token',
      scope: 'profile:read profile:write',
      client_id: service.id,
      username: email,
      sub,
      iss: ISSUER,
      sid,
      exp: now + (14 * DAY) / SECOND,
      auth_time: now,
    });
    introspectionSchema.parse(answer);
  });

  test('of a narrowed access token, its own scope, and of its refresh token, the whole', async () => {
    const { service, refreshToken } = await begin();
    const narrow = await tokensOf(
      await refreshThrough(server(), service, { refresh_token: refreshToken, scope: 'profile:read' }),
    );
    expect(await introspect(server(), service, narrow.access_token)).toMatchObject({ scope: 'profile:read' });
    expect(await introspect(server(), service, narrow.refresh_token ?? '')).toMatchObject({
      scope: 'profile:read profile:write',
    });
  });

  test('of a replaced refresh token within the grace, that it can still be used', async () => {
    const held = await begin();
    await renew(held);
    server().clock.advance(29 * SECOND);
    expect(await introspect(server(), held.service, held.refreshToken)).toMatchObject({ active: true });
  });

  test('of the access token of any client, to whoever may ask', async () => {
    const { email, accessToken, service } = await begin();
    const ofOurPages = await signInThrough(server(), undefined, { username: email });
    const asking = await addClient(server());
    expect(await introspect(server(), asking, accessToken)).toMatchObject({ client_id: service.id });
    expect(await introspect(server(), asking, ofOurPages.accessToken)).toMatchObject({
      client_id: 'sallyport',
    });
  });

  test('nothing that uses a token up or keeps a session alive', async () => {
    const { service, refreshToken } = await begin();
    const before = await server().app.deps.db.selectFrom('sessions').selectAll().execute();
    server().clock.advance(MINUTE);
    for (let count = 0; count < 3; count += 1) await introspect(server(), service, refreshToken);
    expect(await server().app.deps.db.selectFrom('sessions').selectAll().execute()).toEqual(before);
  });
});

const forged = async ({ accessToken }: Held): Promise<string> => {
  const { privateKey } = await generateKeyPair('ES256');
  return new SignJWT(decodeJwt(accessToken))
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: decodeProtectedHeader(accessToken).kid ?? '' })
    .sign(privateKey);
};

/** What makes a token worthless, and the token to ask about afterwards. */
const WORTHLESS: [string, (held: Held) => Promise<string> | string][] = [
  ['garbage', () => 'garbage'],
  ['garbage in the form of a refresh token', () => 'spr_garbage'],
  ['a token that somebody else signed', forged],
  ['a refresh token with another tag', ({ refreshToken }) => `${refreshToken.slice(0, -4)}AAAA`],
  [
    'an access token that has expired',
    ({ accessToken }) => {
      server().clock.advance(15 * MINUTE);
      return accessToken;
    },
  ],
  [
    'a refresh token that has expired',
    ({ refreshToken }) => {
      server().clock.advance(14 * DAY);
      return refreshToken;
    },
  ],
  [
    'a refresh token that was replaced long ago',
    async (held) => {
      await renew(held);
      server().clock.advance(30 * SECOND);
      return held.refreshToken;
    },
  ],
  ...(['accessToken', 'refreshToken'] as const).flatMap((kind): typeof WORTHLESS => [
    [
      `${kind} of a session that was revoked`,
      async (held) => {
        const form = { token: held.refreshToken };
        await post(server(), 'revoke', { form, headers: basicOf(held.service) });
        return held[kind];
      },
    ],
    [
      `${kind} of a session that its owner ended`,
      async (held) => {
        const owner = server().client();
        await owner.signIn(held.email);
        await owner.mutate('sessions.revokeOthers');
        return held[kind];
      },
    ],
    [
      `${kind} of a session that signed out by tRPC`,
      async (held) => {
        const browser = server().client();
        browser.bearer = held.accessToken;
        await browser.mutate('auth.logout');
        return held[kind];
      },
    ],
    [
      `${kind} of an account that was disabled`,
      async (held) => {
        const origin = { ip: '', userAgent: 'npm run users' };
        await disableAccount(server().app.deps, { email: held.email, origin });
        return held[kind];
      },
    ],
    [
      `${kind} of an account that was disabled behind our back`,
      async (held) => {
        await server()
          .app.deps.db.updateTable('accounts')
          .set({ disabled_at: 1 })
          .where('email', '=', held.email)
          .execute();
        return held[kind];
      },
    ],
    [
      `${kind} of an account that is gone`,
      async (held) => {
        await server().app.deps.db.deleteFrom('accounts').where('email', '=', held.email).execute();
        return held[kind];
      },
    ],
    [
      `${kind} of a session that ended by reuse`,
      async (held) => {
        await renew(held);
        server().clock.advance(31 * SECOND);
        await refreshThrough(server(), held.service, { refresh_token: held.refreshToken });
        return held[kind];
      },
    ],
  ]),
];

test.each(WORTHLESS)('of %s nothing is told but that it is not active', async (_, makeWorthless) => {
  const held = await begin();
  const token = await makeWorthless(held);
  expect(await introspect(server(), held.service, token)).toEqual(INACTIVE);
});

test('of another client’s refresh token nothing is told either, whichever client asks', async () => {
  const { email, service, refreshToken } = await begin();
  const ofOurPages = await signInThrough(server(), undefined, { username: email });
  const asking = await addClient(server());
  expect(await introspect(server(), asking, refreshToken)).toEqual(INACTIVE);
  expect(await introspect(server(), service, ofOurPages.refreshToken)).toEqual(INACTIVE);
});

describe('whoever may not ask is refused, whatever the token', () => {
  test('a public client, our own and nobody', async () => {
    const { accessToken } = await begin();
    const phone = await addClient(server(), { confidential: false });
    const form = { token: accessToken };
    const ask = async (headers: Record<string, string>, more: Record<string, string> = {}) => {
      const response = await post(server(), 'introspect', { form: { ...form, ...more }, headers });
      return [await verdictOf(response), response.headers.get('www-authenticate')];
    };
    const challenge = 'Basic realm="Sallyport", charset="UTF-8"';
    expect(await ask({})).toEqual(['401 invalid_client', null]);
    expect(await ask({}, { client_id: phone.id })).toEqual(['401 invalid_client', null]);
    expect(await ask({}, { client_id: 'sallyport' })).toEqual(['401 invalid_client', null]);
    expect(await ask(basicOf(phone))).toEqual(['401 invalid_client', challenge]);
    // RFC 7662 §2.1 allows a bearer token instead of a client's secret; we do not.
    expect(await ask({ Authorization: `Bearer ${accessToken}` })).toEqual(['401 invalid_client', challenge]);
  });

  test('and a token must come along', async () => {
    const { service } = await begin();
    for (const form of [{}, { token: '' }, { token: 'ä' }, { access_token: 'x' }])
      expect(await verdictOf(await post(server(), 'introspect', { form, headers: basicOf(service) }))).toBe(
        '400 invalid_request',
      );
  });

  test('and a hint changes nothing', async () => {
    const { service, accessToken, refreshToken } = await begin();
    for (const token of [accessToken, refreshToken])
      for (const hint of ['access_token', 'refresh_token', 'nonsense']) {
        const form = { token, token_type_hint: hint };
        const response = await post(server(), 'introspect', { form, headers: basicOf(service) });
        expect(await response.json()).toMatchObject({ active: true });
      }
  });
});
