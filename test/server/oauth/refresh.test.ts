import { beforeAll, describe, expect, test } from 'vitest';
import { refusalOf } from '../../support/answers.ts';
import { SECOND } from '../../support/clock.ts';
import { listen, sharedServer } from '../../support/listening.ts';
import {
  addClient,
  introspect,
  refreshThrough,
  signInThrough,
  tokensOf,
  userinfoVerdict,
  verdictOf,
  type ShownClient,
} from '../../support/oauth.ts';
import { listEvents } from '../../support/security-events.ts';

// RFC 6749 §6 and §10.4, RFC 9700 §4.14.2.

const COOKIE = 'sallyport_refresh';
const server = sharedServer();
const clients: Record<string, ShownClient | undefined> = { 'our own pages': undefined };

beforeAll(async () => {
  await server().client().register();
  clients['a public client'] = await addClient(server(), { confidential: false });
  clients['another public client'] = await addClient(server(), { confidential: false });
  clients['a confidential client'] = await addClient(server());
  clients['another confidential client'] = await addClient(server());
});

async function refresh(client: ShownClient | undefined, token: string) {
  return tokensOf(await refreshThrough(server(), client, { refresh_token: token }));
}

describe('a refresh token is of use to its own client only', () => {
  const names = [
    'our own pages',
    'a public client',
    'another public client',
    'a confidential client',
    'another confidential client',
  ];
  const pairs = names.flatMap((owner) => names.filter((name) => name !== owner).map((name) => [owner, name]));
  test.each(pairs)('of %s: %s is refused, and the session goes on', async (owner = '', thief = '') => {
    const { accessToken, refreshToken } = await signInThrough(server(), clients[owner]);
    const stolen = await refreshThrough(server(), clients[thief], { refresh_token: refreshToken });
    expect(await verdictOf(stolen)).toBe('400 invalid_grant');
    expect(await userinfoVerdict(server(), accessToken)).toBe('200');
    // Not used up either: after the grace it would be a reuse.
    server().clock.advance(31 * SECOND);
    const next = await refresh(clients[owner], refreshToken);
    expect(await userinfoVerdict(server(), next.access_token)).toBe('200');
  });

  test.each(names.slice(1))('of %s: in the cookie of our pages it is worth nothing', async (owner) => {
    const { accessToken, refreshToken } = await signInThrough(server(), clients[owner]);
    const browser = server().client();
    browser.cookie = `${COOKIE}=${refreshToken}`;
    expect((await refusalOf(await browser.mutate('auth.refresh'))).reason).toBe('token_invalid');
    expect((await browser.mutate('auth.logout')).status).toBe(200);
    expect(await userinfoVerdict(server(), accessToken)).toBe('200');
    browser.cookie = `${COOKIE}=${refreshToken}`;
    await browser.signIn();
    expect(await userinfoVerdict(server(), accessToken)).toBe('200');
    await refresh(clients[owner], refreshToken);
  });

  test('and what is in the cookie of our pages is of the client `sallyport`, as whoever names no client', async () => {
    const browser = server().client();
    await browser.signIn();
    const [, inCookie = ''] = browser.cookie?.split('=') ?? [];
    const next = await refresh({ id: 'sallyport', secret: '' }, inCookie);
    const last = await refresh(undefined, next.refresh_token ?? '');
    browser.cookie = `${COOKIE}=${last.refresh_token}`;
    expect((await browser.mutate('auth.refresh')).status).toBe(200);
  });
});

describe.each(['a public client', 'a confidential client'])('for %s', (name) => {
  test('a refresh token is new at every use', async () => {
    const { refreshToken } = await signInThrough(server(), clients[name]);
    const tokens = [refreshToken];
    for (let count = 0; count < 3; count += 1)
      tokens.push((await refresh(clients[name], tokens.at(-1) ?? '')).refresh_token ?? '');
    expect(new Set(tokens).size).toBe(4);
  });

  test('a retry within the grace, and any number of them at once, are given the same successor', async () => {
    const { refreshToken } = await signInThrough(server(), clients[name]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(clients[name], refreshToken)));
    server().clock.advance(29 * SECOND);
    answers.push(await refresh(clients[name], refreshToken));
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1);
  });

  test('a token that comes back after the grace ends the session of both holders', async () => {
    const own = await listen();
    await own.client().register();
    const client = await addClient(own, { confidential: name === 'a confidential client' });
    const asking = await addClient(own);
    const { refreshToken } = await signInThrough(own, client);
    const next = await tokensOf(await refreshThrough(own, client, { refresh_token: refreshToken }));
    own.clock.advance(31 * SECOND);
    const reused = await refreshThrough(own, client, { refresh_token: refreshToken });
    expect(await verdictOf(reused)).toBe('400 invalid_grant');
    const successor = await refreshThrough(own, client, { refresh_token: next.refresh_token ?? '' });
    expect(await verdictOf(successor)).toBe('400 invalid_grant');
    expect(await userinfoVerdict(own, next.access_token)).toBe('401 invalid_token');
    expect(await introspect(own, asking, next.access_token)).toEqual({ active: false });
    expect(await listEvents(own, 'token_reused')).toHaveLength(1);
  });

  test('a reuse is found out, however much scope is asked for with it', async () => {
    const { refreshToken } = await signInThrough(server(), clients[name]);
    const next = await refresh(clients[name], refreshToken);
    server().clock.advance(31 * SECOND);
    const greedy = { refresh_token: refreshToken, scope: 'admin' };
    expect(await verdictOf(await refreshThrough(server(), clients[name], greedy))).toBe('400 invalid_grant');
    expect(await userinfoVerdict(server(), next.access_token)).toBe('401 invalid_token');
  });

  test('a reuse by another client ends nothing', async () => {
    const { refreshToken } = await signInThrough(server(), clients[name]);
    const next = await refresh(clients[name], refreshToken);
    server().clock.advance(31 * SECOND);
    const thief = await refreshThrough(server(), undefined, { refresh_token: refreshToken });
    expect(await verdictOf(thief)).toBe('400 invalid_grant');
    await refresh(clients[name], next.refresh_token ?? '');
  });
});

test('a session that has been idle for too long is over for its client as for anybody', async () => {
  const own = await listen();
  await own.client().register();
  const { refreshToken } = await signInThrough(own, undefined);
  own.clock.advance(14 * 24 * 3600 * SECOND);
  const late = await refreshThrough(own, undefined, { refresh_token: refreshToken });
  expect(await verdictOf(late)).toBe('400 invalid_grant');
});
