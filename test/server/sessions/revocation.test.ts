import { describe, expect, test } from 'vitest';
import { disableAccount } from '../../../server/flows/switch-account.ts';
import { listSessions } from '../../support/accounts.ts';
import { HOUR, SECOND } from '../../support/clock.ts';
import { engine, takeLastingDatabase } from '../../support/database.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { hideTable } from '../../support/refused-writes.ts';
import { listEvents } from '../../support/security-events.ts';
import { PROFILE_READ, watchStatements } from '../../support/statements.ts';
import { createWorld, GOOD_PASSWORD, type Visitor, type World } from '../../support/world.ts';

const EMAIL = 'ada@example.com';
const operator = { ip: '', userAgent: 'npm run users' };

interface Ending {
  world: World;
  /** Whose session is to end. */
  victim: Visitor;
  /** Another session of the same person. */
  other: Visitor;
}

/** Every way in which a session ends before its time, and the reason that it leaves. */
const ENDINGS: [string, string, string, (ending: Ending) => Promise<unknown>][] = [
  ['sign-out', 'signed_out', 'signed_out', ({ victim }) => victim.api.auth.logout()],
  [
    'sessions.revoke',
    'ended_elsewhere',
    'session_ended',
    async ({ world, other }) => {
      const [session] = await listSessions(world);
      await other.api.sessions.revoke({ id: session?.id ?? '' });
    },
  ],
  [
    'sessions.revokeOthers',
    'ended_elsewhere',
    'other_sessions_ended',
    ({ other }) => other.api.sessions.revokeOthers(),
  ],
  [
    'a password change',
    'password_changed',
    'password_changed',
    ({ other }) =>
      other.api.account.changePassword({
        currentPassword: GOOD_PASSWORD,
        newPassword: 'another lantern, another night',
      }),
  ],
  [
    'disabling the account',
    'account_disabled',
    'account_disabled',
    ({ world }) => disableAccount(world.app.deps, { email: EMAIL, origin: operator }),
  ],
  [
    'the next sign-in of the same browser',
    'replaced',
    'session_replaced',
    ({ world, victim }) => {
      const browser = world.visitor();
      browser.cookie = victim.cookie;
      return browser.signIn();
    },
  ],
  [
    'reuse of a refresh token',
    'reuse',
    'token_reused',
    async ({ world, victim }) => {
      const thief = world.visitor();
      thief.cookie = victim.cookie;
      victim.bearer = (await victim.api.auth.refresh()).accessToken;
      world.clock.advance(31 * SECOND);
      await outcomeOf(thief.api.auth.refresh());
    },
  ],
];

async function begin(env: Record<string, string> = {}): Promise<Ending> {
  const world = await createWorld({ env });
  const victim = world.visitor();
  await victim.register(EMAIL);
  world.clock.advance(1);
  const other = world.visitor();
  await other.signIn(EMAIL);
  return { world, victim, other };
}

const onFile = async () => ({ DATABASE_URL: await takeLastingDatabase() });

function copyOf(world: World, { cookie, bearer }: Visitor): Visitor {
  return Object.assign(world.visitor(), { cookie, bearer });
}

describe.each(ENDINGS)('after %s', (_, reason, kind, end) => {
  test('the next call with the access token is refused, without a look into the database', async () => {
    const ending = await begin();
    const { world, victim } = ending;
    await end(ending);
    await world.app.deps.revocationFeed.look();
    await world.app.deps.keys.look();
    const held = copyOf(world, victim);
    const seen = watchStatements();
    await expect(held.api.sessions.list()).rejects.toMatchObject({
      cause: { reason: 'session_revoked', ended: reason },
    });
    expect(seen.executed).toEqual([]);
  });

  test('the refresh token is refused, and says why', async () => {
    const ending = await begin();
    const held = copyOf(ending.world, ending.victim);
    await end(ending);
    await expect(held.api.auth.refresh()).rejects.toMatchObject({
      cause: { reason: 'session_revoked', ended: reason },
    });
  });

  test('both stay refused after a restart', async () => {
    const env = await onFile();
    const ending = await begin(env);
    const before = copyOf(ending.world, ending.victim);
    await end(ending);
    await ending.world.app.close();
    const held = copyOf(await createWorld({ env, clock: ending.world.clock }), before);
    expect(await outcomeOf(held.api.auth.me())).toBe('session_revoked');
    expect(await outcomeOf(held.api.auth.refresh())).toBe('session_revoked');
  });

  test('another process on the database refuses both once it has looked', async () => {
    const env = await onFile();
    const ending = await begin(env);
    const second = await createWorld({ env, clock: ending.world.clock });
    const held = copyOf(second, ending.victim);
    await end(ending);
    await second.app.deps.revocationFeed.look();
    await expect(held.api.auth.me()).rejects.toMatchObject({ cause: { ended: reason } });
    expect(await outcomeOf(held.api.auth.refresh())).toBe('session_revoked');
  });

  test('it stands in the record', async () => {
    const ending = await begin();
    await end(ending);
    expect(await listEvents(ending.world, kind)).toHaveLength(1);
  });
});

describe('the accepted path', () => {
  test('reads nothing to know that a session goes on', async () => {
    const { other } = await begin();
    await other.api.auth.me();
    const seen = watchStatements();
    await other.api.auth.me();
    expect(seen.executed).toEqual([PROFILE_READ]);
  });

  test('asks the database when this process has not looked for two seconds: it was stopped or starved', async () => {
    const env = await onFile();
    const { world, victim, other } = await begin(env);
    const second = await createWorld({ env, clock: world.clock });
    await other.api.sessions.revokeOthers();
    const held = copyOf(second, victim);
    // This is how long a sign-out can go unheard in another process; see docs/SESSIONS.md.
    expect(await outcomeOf(held.api.auth.me())).toBe('succeeded');
    world.clock.advance(2001);
    expect(await outcomeOf(held.api.auth.me())).toBe('session_revoked');
    expect(await outcomeOf(copyOf(second, other).api.auth.me())).toBe('succeeded');
  });

  test('takes a session whose row is gone for one that is over, when it asks', async () => {
    const { world, victim } = await begin();
    await world.app.deps.db.deleteFrom('sessions').execute();
    world.clock.advance(3 * SECOND);
    expect(await outcomeOf(victim.api.sessions.list())).toBe('session_revoked');
  });
});

describe('the feed between processes', () => {
  test('costs one statement while nobody else writes, whatever this process ends itself', async () => {
    const { world, victim, other } = await begin();
    const { revocationFeed } = world.app.deps;
    await revocationFeed.look();
    await victim.api.auth.logout();
    await other.api.auth.refresh();
    const seen = watchStatements();
    await revocationFeed.look();
    // PostgreSQL is asked for what has ended while nobody listens to it, see foreign-writes.ts.
    expect(seen.executed).toEqual([
      engine === 'sqlite' ? 'pragma data_version' : expect.stringMatching(/^select .* from "sessions"/),
    ]);
  });

  test('hears of an end that was noted before the last look and committed after it', async () => {
    const env = await onFile();
    const { world, victim } = await begin(env);
    const second = await createWorld({ env, clock: world.clock });
    const [session] = await listSessions(world);
    const { db } = world.app.deps;
    const noted = world.clock.now();
    world.clock.advance(6 * SECOND);
    const late = world.visitor();
    await late.signIn();
    await late.api.auth.logout();
    await second.app.deps.revocationFeed.look();
    // A writer takes the time, then waits up to five seconds for the lock.
    await db
      .updateTable('sessions')
      .set({ revoked_at: noted, revoked_reason: 'signed_out' })
      .where('id', '=', session?.id ?? '')
      .execute();
    await second.app.deps.revocationFeed.look();
    expect(await outcomeOf(copyOf(second, victim).api.auth.me())).toBe('session_revoked');
  });

  test('hears within a minute also of an end whose writer was stopped between its note and its commit', async () => {
    const env = await onFile();
    const { world, victim } = await begin(env);
    const second = await createWorld({ env, clock: world.clock });
    const held = copyOf(second, victim);
    const [session] = await listSessions(world);
    const noted = world.clock.now();
    const { revocationFeed } = second.app.deps;
    for (let time = 0; time < 30; time += 1) {
      world.clock.advance(SECOND);
      await revocationFeed.look();
    }
    await world.app.deps.db
      .updateTable('sessions')
      .set({ revoked_at: noted, revoked_reason: 'signed_out' })
      .where('id', '=', session?.id ?? '')
      .execute();
    for (let time = 0; time < 61; time += 1) {
      await revocationFeed.look();
      world.clock.advance(SECOND);
    }
    expect(await outcomeOf(held.api.auth.me())).toBe('session_revoked');
  });

  test('hears at its next look of what it could not read at the last', async () => {
    const env = await onFile();
    const { world, victim } = await begin(env);
    const second = await createWorld({ env, clock: world.clock });
    const held = copyOf(second, victim);
    await victim.api.auth.logout();
    const { db, revocationFeed } = second.app.deps;
    const bringBack = await hideTable(db, 'sessions');
    await expect(revocationFeed.look()).rejects.toThrow(/no such table|does not exist/);
    await bringBack();
    await revocationFeed.look();
    expect(await outcomeOf(held.api.auth.me())).toBe('session_revoked');
  });

  test('hears of an end after the clock was set back', async () => {
    const env = await onFile();
    const { world, victim, other } = await begin(env);
    const second = await createWorld({ env, clock: world.clock });
    await other.api.auth.logout();
    await second.app.deps.revocationFeed.look();
    world.clock.advance(-5 * 60 * SECOND);
    const held = copyOf(second, victim);
    await victim.api.auth.logout();
    await second.app.deps.revocationFeed.look();
    expect(second.app.deps.revocations.size()).toBe(2);
    expect(await outcomeOf(held.api.auth.me())).toBe('session_revoked');
  });

  test('forgets what no access token can contradict any more', async () => {
    const { world, victim, other } = await begin();
    await victim.api.auth.logout();
    expect(world.app.deps.revocations.size()).toBe(1);
    world.clock.advance(2 * HOUR);
    await other.api.auth.refresh();
    await other.api.auth.logout();
    expect(world.app.deps.revocations.size()).toBe(1);
  });
});
