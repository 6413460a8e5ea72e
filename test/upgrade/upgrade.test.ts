import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { authenticateClient } from '../../server/flows/authenticate-client.ts';
import { introspectToken } from '../../server/flows/introspect-token.ts';
import { refreshSession } from '../../server/flows/refresh-session.ts';
import { createTestClock } from '../support/clock.ts';
import { temporaryFolder } from '../support/folder.ts';
import { outcomeOf } from '../support/reasons.ts';
import { createWorld, type World } from '../support/world.ts';

// better-auth 1.6 → 1.7 locked out everybody whose hash was made by the release before. Each database here was made
// by the release whose newest migration it is named after (make-fixture.mjs), and never edited since.

const FOLDER = join(import.meta.dirname, '../data/upgrade');
const releases = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''));

const fixtureSchema = z.object({
  secret: z.string(),
  now: z.number(),
  people: z.array(
    z.object({
      email: z.string(),
      password: z.string(),
      device: z.string().optional(),
      unread: z.array(z.string()).optional(),
    }),
  ),
  holders: z.array(
    z.object({
      what: z.string(),
      cookie: z.string(),
      bearer: z.string(),
      refresh: z.string(),
      me: z.string(),
    }),
  ),
  clients: z
    .array(
      z.object({
        id: z.string(),
        secret: z.string().optional(),
        jkt: z.string().optional(),
        refreshToken: z.string(),
        accessToken: z.string(),
      }),
    )
    .default([]),
  links: z.array(z.object({ procedure: z.string(), email: z.string(), token: z.string() })).default([]),
  /** Whom mail waits for. */
  waiting: z.array(z.string()).default([]),
});

const readFixture = (release: string) =>
  fixtureSchema.parse(JSON.parse(readFileSync(join(FOLDER, `${release}.json`), 'utf8')));

/** The fixture's database, a copy of it, opened by the code of today at the moment in which it was left. */
async function open(release: string): Promise<World> {
  const { secret, now } = readFixture(release);
  const file = join(temporaryFolder(), 'sallyport.db');
  copyFileSync(join(FOLDER, `${release}.db`), file);
  return createWorld({
    env: { DATABASE_URL: `sqlite:${file}`, AUTH_SECRET: secret },
    clock: createTestClock(now),
  });
}

test('there is a database of the first release', () => {
  expect(releases).toContain('0001-initial');
});

describe.each(releases)('a database of %s', (release) => {
  const { people, holders, clients, links, waiting } = readFixture(release);

  test.each(holders)('$what: refresh $refresh, access token $me', async ({ cookie, bearer, refresh, me }) => {
    const browser = (await open(release)).visitor();
    Object.assign(browser, { cookie, bearer });
    expect(await outcomeOf(browser.api.auth.me())).toBe(me);
    expect(await outcomeOf(browser.api.auth.refresh())).toBe(refresh);
    // And once more with what that gave: the session goes on under this release.
    expect(await outcomeOf(browser.api.auth.refresh())).toBe(refresh);
  });

  test.each(clients)('a client that was registered goes on, its key $jkt', async (held) => {
    const { deps } = (await open(release)).app;
    const { id, secret, jkt, refreshToken: token, accessToken } = held;
    const client = await authenticateClient(deps, { id, secret, ip: '' });
    if (!client) throw new Error('the client is not known');
    expect(await introspectToken(deps, { token: accessToken, client })).toMatchObject({ client_id: id });
    const refresh = { token, origin: { ip: '', userAgent: '' }, client };
    if (jkt !== undefined) expect(await outcomeOf(refreshSession(deps, refresh))).toBe('token_invalid');
    expect(await refreshSession(deps, { ...refresh, jkt })).toMatchObject({ scope: 'profile:read' });
  });

  test.each(people)('$email signs in, also once the hash has been renewed', async ({ email, password }) => {
    const world = await open(release);
    for (let round = 0; round < 2; round += 1)
      expect(await outcomeOf(world.visitor().signIn(email, password))).toBe('succeeded');
    expect(await outcomeOf(world.visitor().signIn(email, `${password}x`))).toBe('invalid_credentials');
  });

  test.each(people.filter(({ device }) => device !== undefined))(
    '$email comes back with a device that is known, and finds unread what was unread',
    async ({ email, password, device, unread }) => {
      const browser = (await open(release)).visitor();
      browser.device = device;
      await browser.signIn(email, password);
      expect((await browser.api.notices.list()).map(({ kind }) => kind)).toEqual(unread);
    },
  );

  test.each(links)('a link for $procedure that was sent still does what it is for', async (link) => {
    const { api } = (await open(release)).visitor();
    const { token } = link;
    const redeem: Record<string, () => Promise<unknown>> = {
      'password.reset': () => api.password.reset({ token, password: 'another lantern, another night' }),
      'email.verify': () => api.email.verify({ token }),
      'email.confirmChange': () => api.email.confirmChange({ token }),
      'email.revertChange': () => api.email.revertChange({ token }),
    };
    expect(await outcomeOf(redeem[link.procedure]?.() ?? Promise.reject(new Error(link.procedure)))).toBe(
      'succeeded',
    );
  });

  test.skipIf(waiting.length === 0)('mail that was waiting is handed over, and can be read', async () => {
    const { deps } = (await open(release)).app;
    await deps.mail.deliver();
    const shown = await deps.db.selectFrom('local_mail').selectAll().execute();
    expect(shown.map(({ recipient }) => recipient).toSorted()).toEqual(waiting.toSorted());
    for (const { body_text: text } of shown) expect(text).toMatch(/^Hello,/);
  });

  test('the disabled account stays shut', async () => {
    const world = await open(release);
    expect(await outcomeOf(world.visitor().signIn('disabled@example.com'))).toBe('invalid_credentials');
  });
});
