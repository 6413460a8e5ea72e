import { beforeAll, describe, expect, test } from 'vitest';
import { outcomeOfCall } from '../../support/answers.ts';
import { MINUTE } from '../../support/clock.ts';
import { listen, sharedServer } from '../../support/listening.ts';
import {
  addClient,
  basicOf,
  introspect,
  post,
  readVerdict,
  refreshThrough,
  signInThrough,
  tokensOf,
  userinfoVerdict,
  verdictOf,
  type ShownClient,
} from '../../support/oauth.ts';
import { listEvents } from '../../support/security-events.ts';

// RFC 7009.

const server = sharedServer();
const clients: Record<string, ShownClient | undefined> = { 'our own': undefined };

beforeAll(async () => {
  await server().client().register();
  clients['a public'] = await addClient(server(), { confidential: false });
  clients['a confidential'] = await addClient(server());
});

async function revoke(client: ShownClient | undefined, form: Record<string, string>): Promise<string> {
  const response = await post(server(), 'revoke', { form, headers: client ? basicOf(client) : {} });
  const body = await response.text();
  const verdict = readVerdict(response, body);
  if (verdict === '200') expect(body).toBe('{}');
  return verdict;
}

interface Tokens {
  accessToken: string;
  refreshToken: string;
}

/** What the holder of each token still gets. */
async function livesOf(client: ShownClient | undefined, { accessToken, refreshToken }: Tokens) {
  const browser = server().client();
  browser.bearer = accessToken;
  return {
    userinfo: await userinfoVerdict(server(), accessToken),
    trpc: await outcomeOfCall(await browser.query('auth.me')),
    introspection: await introspect(server(), await addClient(server()), accessToken),
    refresh: await verdictOf(await refreshThrough(server(), client, { refresh_token: refreshToken })),
  };
}

const LIVE = {
  userinfo: '200',
  trpc: 'succeeded',
  introspection: expect.objectContaining({ active: true }),
  refresh: '200',
};

const OVER = {
  userinfo: '401 invalid_token',
  trpc: 'session_revoked',
  introspection: { active: false },
  refresh: '400 invalid_grant',
};

describe.each(['accessToken', 'refreshToken'] as const)('revoking by %s', (kind) => {
  test.each(['our own', 'a public', 'a confidential'])(
    'ends the session at once and for every token: %s client',
    async (name) => {
      const client = clients[name];
      const tokens = await signInThrough(server(), client);
      expect(await livesOf(client, tokens)).toEqual(LIVE);
      expect(await revoke(client, { token: tokens[kind] })).toBe('200');
      expect(await livesOf(client, tokens)).toEqual(OVER);
      expect(await revoke(client, { token: tokens[kind] })).toBe('200');
    },
  );

  test.each(['access_token', 'refresh_token', 'id_token', 'nonsense', ''])(
    'needs no hint, and %o changes nothing',
    async (hint) => {
      const tokens = await signInThrough(server(), undefined);
      expect(await revoke(undefined, { token: tokens[kind], token_type_hint: hint })).toBe('200');
      expect(await livesOf(undefined, tokens)).toEqual(OVER);
    },
  );

  const names = ['our own', 'a public', 'a confidential'];
  test.each(names.flatMap((owner) => names.filter((name) => name !== owner).map((name) => [owner, name])))(
    'of %s client is refused to %s one, and the token lives on',
    async (owner = '', other = '') => {
      const tokens = await signInThrough(server(), clients[owner]);
      for (const hint of ['access_token', 'refresh_token'])
        expect(await revoke(clients[other], { token: tokens[kind], token_type_hint: hint })).toBe(
          '400 invalid_grant',
        );
      expect(await livesOf(clients[owner], tokens)).toEqual(LIVE);
    },
  );
});

test('a replaced refresh token revokes too: whoever signs out may have lost the last answer', async () => {
  const tokens = await signInThrough(server(), undefined);
  const next = await tokensOf(
    await refreshThrough(server(), undefined, { refresh_token: tokens.refreshToken }),
  );
  server().clock.advance(MINUTE);
  expect(await revoke(undefined, { token: tokens.refreshToken })).toBe('200');
  expect(await userinfoVerdict(server(), next.access_token)).toBe('401 invalid_token');
});

describe('there is nothing to say', () => {
  test.each([
    ['of garbage', () => 'garbage'],
    ['of a token in the form of a JWT', () => 'a.b.c'],
    ['of a refresh token of nobody', () => `spr_${'A'.repeat(71)}`],
    ['of a refresh token with another tag', ({ refreshToken }) => `${refreshToken.slice(0, -4)}AAAA`],
    ['of an access token with another signature', ({ accessToken }) => `${accessToken.slice(0, -4)}AAAA`],
    ['of spaces', () => '   '],
    ['of 50,000 characters', () => 'a'.repeat(50_000)],
  ] satisfies [string, (tokens: Tokens) => string][])('%s', async (_, make) => {
    const tokens = await signInThrough(server(), undefined);
    expect(await revoke(undefined, { token: make(tokens) })).toBe('200');
    expect(await livesOf(undefined, tokens)).toEqual(LIVE);
  });

  test('of an expired access token, which proves nothing any more: its session goes on', async () => {
    const tokens = await signInThrough(server(), undefined);
    server().clock.advance(15 * MINUTE);
    expect(await revoke(undefined, { token: tokens.accessToken })).toBe('200');
    const next = await refreshThrough(server(), undefined, { refresh_token: tokens.refreshToken });
    expect(await verdictOf(next)).toBe('200');
  });
});

test.each([
  ['no token', {}],
  ['an empty one', { token: '' }],
  ['one outside ASCII', { token: 'ä' }],
])('%s is invalid_request', async (_, form) => {
  expect(await revoke(undefined, form)).toBe('400 invalid_request');
});

test('stands in the record once, with where it came from, however often it is asked', async () => {
  const own = await listen();
  await own.client().register();
  const { accessToken } = await signInThrough(own, undefined);
  for (let count = 0; count < 2; count += 1)
    await post(own, 'revoke', { form: { token: accessToken }, headers: { 'User-Agent': 'script/1.0' } });
  expect(await listEvents(own, 'signed_out')).toMatchObject([{ ip: '127.0.0.1', user_agent: 'script/1.0' }]);
});
