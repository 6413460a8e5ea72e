import { decodeJwt } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import { boundAccount } from '../../../server/flows/bound-account.ts';
import { ALL_SCOPES, type Ceiling, type Scope } from '../../../shared/scopes.ts';
import { profileSchema } from '../../../shared/account.ts';
import { listSessions } from '../../support/accounts.ts';
import { dataOf, outcomeOfCall, refusalOf } from '../../support/answers.ts';
import { sharedServer } from '../../support/listening.ts';
import {
  addClient,
  basicOf,
  PASSWORD_FORM,
  post,
  refreshThrough,
  signInThrough,
  tokensOf,
  verdictOf,
  type ShownClient,
} from '../../support/oauth.ts';

// RFC 6749 §3.3: granted is what was asked for, as far as client and account may have it.

const READ: Scope = 'profile:read';
const WRITE: Scope = 'profile:write';

const server = sharedServer();
let people = 0;
let email = '';

beforeEach(async () => {
  people += 1;
  email = `person-${people}@example.com`;
  await server().client().register(email);
});

const signIn = (client: ShownClient | undefined) => signInThrough(server(), client, { username: email });

const bound = (ceiling: Ceiling) =>
  boundAccount(server().app.deps, { email, ceiling, origin: { ip: '', userAgent: 'npm run users' } });

/** The ceiling of a client cannot be lowered by a flow yet; the row can. */
async function lowerClient(id: string, ceiling: readonly Scope[]): Promise<void> {
  await server()
    .app.deps.db.updateTable('clients')
    .set({ scope: ceiling.join(' ') })
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

const countSessions = async () => (await listSessions(server())).length;

const REFUSED = '400 invalid_scope';

describe('granted is requested ∩ client ∩ account', () => {
  test.each<[string, readonly Scope[], Ceiling, string | undefined, string]>([
    ['nothing asked, no bound', ALL_SCOPES, undefined, undefined, 'profile:read profile:write'],
    ['the client bounds', [READ], undefined, undefined, 'profile:read'],
    ['the account bounds', ALL_SCOPES, [WRITE], undefined, 'profile:write'],
    ['both, alike', [READ], [READ], undefined, 'profile:read'],
    ['both, and nothing is in both', [READ], [WRITE], undefined, REFUSED],
    [
      'more is asked than the client may have',
      [READ],
      undefined,
      'profile:read profile:write',
      'profile:read',
    ],
    [
      'more is asked than the account may have',
      ALL_SCOPES,
      [READ],
      'profile:write profile:read',
      'profile:read',
    ],
    ['less is asked', ALL_SCOPES, undefined, 'profile:write', 'profile:write'],
    ['only what the client may not have', [READ], undefined, 'profile:write', REFUSED],
    ['only what the account may not have', ALL_SCOPES, [READ], 'profile:write', REFUSED],
    ['a client that may have nothing', [], undefined, undefined, REFUSED],
    ['an account that may have nothing', ALL_SCOPES, [], undefined, REFUSED],
  ])('%s', async (_, ofClient, ofAccount, scope, granted) => {
    const client = await addClient(server(), { ceiling: ofClient });
    await bound(ofAccount);
    const before = await countSessions();
    const form = { ...PASSWORD_FORM, username: email, ...(scope !== undefined && { scope }) };
    const answer = await post(server(), 'token', { form, headers: basicOf(client) });
    if (granted === REFUSED) {
      expect(await verdictOf(answer)).toBe(REFUSED);
      expect(await countSessions()).toBe(before);
      return;
    }
    const tokens = await tokensOf(answer);
    expect(tokens.scope).toBe(granted);
    expect(decodeJwt(tokens.access_token)['scope']).toBe(granted);
    const browser = server().client();
    browser.bearer = tokens.access_token;
    const me = await browser.query('auth.me');
    if (granted.includes(READ)) expect((await dataOf(me, profileSchema)).scopes).toEqual(granted.split(' '));
    else expect(await refusalOf(me)).toMatchObject({ reason: 'insufficient_scope', httpStatus: 403 });
    const write = await browser.mutate('account.updateProfile', { name: 'Ada' });
    expect(write.status).toBe(granted.includes(WRITE) ? 200 : 403);
  });

  test('the ceiling of an account holds for our own pages too', async () => {
    await bound([READ]);
    expect((await server().client().signIn(email)).scope).toBe('profile:read');
  });
});

describe('a ceiling that is lowered while a session goes on', () => {
  test.each([
    ['of the client', (id: string) => lowerClient(id, [READ])],
    ['of the account', () => bound([READ])],
  ])('%s: the next refresh gives less, and asking for the rest helps nothing', async (_, lower) => {
    const client = await addClient(server());
    const { refreshToken } = await signIn(client);
    await lower(client.id);
    const next = await tokensOf(await refreshThrough(server(), client, { refresh_token: refreshToken }));
    expect(next.scope).toBe('profile:read');
    expect(decodeJwt(next.access_token)['scope']).toBe('profile:read');
    const again = { refresh_token: next.refresh_token ?? '', scope: 'profile:write' };
    expect(await verdictOf(await refreshThrough(server(), client, again))).toBe(REFUSED);
    const both = { ...again, scope: 'profile:read profile:write' };
    expect((await tokensOf(await refreshThrough(server(), client, both))).scope).toBe('profile:read');
  });

  test.each([
    ['of the client', (id: string) => lowerClient(id, [])],
    ['of the account', () => bound([])],
  ])('%s, to nothing: there is nothing to refresh, until it is raised again', async (_, lower) => {
    const client = await addClient(server());
    const { refreshToken } = await signIn(client);
    await lower(client.id);
    const refresh = () => refreshThrough(server(), client, { refresh_token: refreshToken });
    expect(await verdictOf(await refresh())).toBe('400 invalid_grant');
    await lowerClient(client.id, ALL_SCOPES);
    await bound(undefined);
    expect((await tokensOf(await refresh())).scope).toBe('profile:read profile:write');
  });

  test('and raised: a session never holds more than it was granted', async () => {
    const client = await addClient(server(), { ceiling: [READ] });
    const { refreshToken } = await signIn(client);
    await lowerClient(client.id, ALL_SCOPES);
    const next = await tokensOf(await refreshThrough(server(), client, { refresh_token: refreshToken }));
    expect(next.scope).toBe('profile:read');
  });
});

test.each([
  ['sessions.list', undefined],
  ['sessions.revoke', { id: '019abc00-0000-7000-8000-000000000000' }],
  ['sessions.revokeOthers', null],
  ['sessions.live', undefined],
  ['notices.list', undefined],
  ['notices.dismiss', { id: '019abc00-0000-7000-8000-000000000000' }],
  ['account.changePassword', { currentPassword: 'x', newPassword: 'another lantern, another night' }],
])('%s is for our own pages: another client’s token of every scope does not suffice', async (path, input) => {
  const call = async (accessToken: string) => {
    const browser = server().client();
    browser.bearer = accessToken;
    return input === undefined ? browser.query(path) : browser.mutate(path, input ?? undefined);
  };
  for (const confidential of [true, false]) {
    const { accessToken } = await signIn(await addClient(server(), { confidential }));
    expect(await outcomeOfCall(await call(accessToken))).toBe('insufficient_scope');
  }
  // A stream that is not refused does not end.
  if (path === 'sessions.live') return;
  const { accessToken } = await signIn(undefined);
  expect(await outcomeOfCall(await call(accessToken))).not.toBe('insufficient_scope');
});
