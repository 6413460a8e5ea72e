import { beforeEach, describe, expect, test } from 'vitest';
import { removeClient, rotateClientSecret } from '../../../server/flows/manage-clients.ts';
import { tokenResponseSchema } from '../../../shared/oauth.ts';
import { listSessions } from '../../support/accounts.ts';
import { createTestClock } from '../../support/clock.ts';
import { takeLastingDatabase } from '../../support/database.ts';
import { listen, type Listening } from '../../support/listening.ts';
import {
  addClient,
  basicOf,
  FORM,
  introspect,
  PASSWORD_FORM,
  post,
  refreshThrough,
  signInThrough,
  userinfoVerdict,
  verdictOf,
  type ShownClient,
} from '../../support/oauth.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { listEvents } from '../../support/security-events.ts';
import { createWorld } from '../../support/world.ts';

const origin = { ip: '', userAgent: 'npm run client' };
let server: Listening;
let client: ShownClient;

beforeEach(async () => {
  server = await listen();
  await server.client().register();
  client = await addClient(server);
});

const remove = () => removeClient(server.app.deps, { id: client.id, origin });

/** Lets something happen after the password was checked and before the session is opened. */
function meanwhile(happens: () => Promise<unknown>): void {
  const { hasher } = server.app.deps;
  server.app.deps.hasher = {
    ...hasher,
    async verify(password, stored) {
      const verdict = await hasher.verify(password, stored);
      server.app.deps.hasher = hasher;
      await happens();
      return verdict;
    },
  };
}

describe('removing a client', () => {
  test('ends its sessions at once, and no others', async () => {
    const asking = await addClient(server);
    const first = await signInThrough(server, client);
    const second = await signInThrough(server, client);
    const others = [await signInThrough(server, undefined), await signInThrough(server, asking)];
    expect(await remove()).toBe(2);
    for (const { accessToken } of [first, second]) {
      expect(await userinfoVerdict(server, accessToken)).toBe('401 invalid_token');
      expect(await introspect(server, asking, accessToken)).toEqual({ active: false });
    }
    for (const { accessToken } of others) expect(await userinfoVerdict(server, accessToken)).toBe('200');
    const revoked = (await listSessions(server)).filter(({ revoked_reason: reason }) => reason !== null);
    expect(revoked.map((session) => [session.client_id, session.revoked_reason])).toEqual([
      [client.id, 'client_removed'],
      [client.id, 'client_removed'],
    ]);
    expect(await listEvents(server, 'client_removed')).toHaveLength(2);
  });

  test('leaves nobody who could use what it was given', async () => {
    const { refreshToken } = await signInThrough(server, client);
    await remove();
    const form = { refresh_token: refreshToken };
    expect(await verdictOf(await refreshThrough(server, client, form))).toBe('401 invalid_client');
    expect(await verdictOf(await refreshThrough(server, undefined, form))).toBe('400 invalid_grant');
    expect(
      await verdictOf(await post(server, 'token', { form: PASSWORD_FORM, headers: basicOf(client) })),
    ).toBe('401 invalid_client');
    expect(await remove()).toBeUndefined();
  });

  test('is not possible for our own, by whose pages people sign in', async () => {
    const { accessToken } = await signInThrough(server, undefined);
    const removal = removeClient(server.app.deps, { id: 'sallyport', origin });
    expect(await outcomeOf(removal)).toBe('conflict');
    expect(await userinfoVerdict(server, accessToken)).toBe('200');
  });

  test('while somebody signs in through it leaves no session at all', async () => {
    meanwhile(remove);
    const answer = await post(server, 'token', { form: PASSWORD_FORM, headers: basicOf(client) });
    expect(await verdictOf(answer)).toBe('400 invalid_grant');
    expect((await listSessions(server)).filter(({ client_id: id }) => id === client.id)).toEqual([]);
  });

  test('while many sign in through it leaves no live session, whoever comes first', async () => {
    const headers = basicOf(client);
    const signIns = Array.from({ length: 8 }, () => post(server, 'token', { form: PASSWORD_FORM, headers }));
    await signIns[0];
    await remove();
    const verdicts = await Promise.all(signIns.map(async (answer) => verdictOf(await answer)));
    for (const verdict of verdicts)
      expect(['200', '400 invalid_grant', '401 invalid_client']).toContain(verdict);
    const live = (await listSessions(server)).filter(
      (session) => session.client_id === client.id && session.revoked_at === null,
    );
    expect(live).toEqual([]);
  });
});

test('another process on the database refuses a removed client’s tokens once it has looked', async () => {
  const env = { DATABASE_URL: await takeLastingDatabase() };
  const clock = createTestClock();
  const one = await createWorld({ env, clock });
  const two = await createWorld({ env, clock });
  await one.visitor().register();
  const { id } = await addClient(one, { confidential: false });
  const answer = await one.app.http.inject({
    method: 'POST',
    url: '/oauth/token',
    headers: FORM,
    payload: new URLSearchParams({ ...PASSWORD_FORM, client_id: id }).toString(),
  });
  const { access_token: bearer } = tokenResponseSchema.parse(answer.json());
  const visitor = Object.assign(two.visitor(), { bearer });
  await two.app.deps.revocationFeed.look();
  expect(await outcomeOf(visitor.api.auth.me())).toBe('succeeded');
  expect(await removeClient(one.app.deps, { id, origin })).toBe(1);
  expect(await outcomeOf(visitor.api.auth.me())).toBe('succeeded');
  await two.app.deps.revocationFeed.look();
  await expect(visitor.api.auth.me()).rejects.toMatchObject({ cause: { ended: 'client_removed' } });
});

test('a new secret puts the old one out at once; what was given by it goes on', async () => {
  const { accessToken, refreshToken } = await signInThrough(server, client);
  const secret = (await rotateClientSecret(server.app.deps, client.id)) ?? '';
  const form = { refresh_token: refreshToken };
  expect(await verdictOf(await refreshThrough(server, client, form))).toBe('401 invalid_client');
  expect(await userinfoVerdict(server, accessToken)).toBe('200');
  expect(await verdictOf(await refreshThrough(server, { ...client, secret }, form))).toBe('200');
});

test('a public client has no secret that could be replaced, and gains none', async () => {
  const phone = await addClient(server, { confidential: false });
  expect(await rotateClientSecret(server.app.deps, phone.id)).toBeUndefined();
  expect(await rotateClientSecret(server.app.deps, 'sallyport')).toBeUndefined();
  await signInThrough(server, phone);
  await signInThrough(server, undefined);
});
