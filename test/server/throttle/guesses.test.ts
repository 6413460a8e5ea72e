import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectFile } from '../../../server/db/connect.ts';
import { watchFile } from '../../../server/db/foreign-writes.ts';
import { boundAccount } from '../../../server/flows/bound-account.ts';
import { unlockAccount } from '../../../server/flows/unlock-account.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../support/clock.ts';
import { takeLastingDatabase } from '../../support/database.ts';
import { temporaryFolder } from '../../support/folder.ts';
import {
  ADA,
  guessAtOnce,
  guessPatiently,
  guessRight,
  guessWrong,
  limitedWorld,
  listCounts,
  placeOf,
  type Guessing,
} from '../../support/guessing.ts';
import { MAIL_ENV, tokenFor } from '../../support/letters.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { SECRET } from '../../support/secret.ts';
import { listEvents } from '../../support/security-events.ts';
import { watchStatements } from '../../support/statements.ts';
import { createWorld, GOOD_PASSWORD, type Visitor, type World } from '../../support/world.ts';

const failuresOf = (rows: { failures: number }[]) =>
  rows.map(({ failures }) => failures).toSorted((a, b) => a - b);

const fromAnywhere = (index: number): Guessing => ({ address: placeOf(index) });

const OPERATOR = { ip: '', userAgent: 'npm run users' };

describe('guesses are stopped', () => {
  test.each<[string, number, number, (index: number) => Guessing]>([
    ['at one account from one address', 5, 1, () => ({})],
    ['at an account that does not exist, just as soon', 5, 1, () => ({ email: 'nobody@example.com' })],
    ['at one account from many addresses', 20, 1, fromAnywhere],
    ['at many accounts from one address', 100, 900, (index) => ({ email: `a${index}@example.com` })],
    ['within one IPv6 /64', 5, 1, (index) => ({ address: `2001:db8::${index.toString(16)}` })],
    ['from callers without an address', 5, 1, () => ({ address: '' })],
    ['whatever device they make up', 5, 1, (index) => ({ device: `made up ${index}` })],
  ])('%s: after %i, for %i s', async (_, allowed, wait, guessingOf) => {
    const world = await limitedWorld();
    expect(await guessAtOnce(world, 120, guessingOf)).toBe(allowed);
    expect(await guessWrong(world, guessingOf(allowed))).toBe(wait);
  });

  test('until the very moment that they were told', async () => {
    const world = await limitedWorld();
    await guessPatiently(world, 8);
    expect(await guessWrong(world)).toBe(8);
    world.clock.advance(6.5 * SECOND);
    expect(await guessWrong(world)).toBe(2);
    world.clock.advance(1.5 * SECOND - 1);
    expect(await guessWrong(world)).toBe(1);
    world.clock.advance(1);
    expect(await guessWrong(world)).toBe(0);
    expect(await guessWrong(world)).toBe(16);
  });

  test('for as long as the longest of what stops them', async () => {
    const world = await limitedWorld();
    await guessAtOnce(world, 100, (index) => ({ email: `a${index}@example.com` }));
    await guessAtOnce(world, 5, () => ({ address: placeOf(1) }));
    expect(await guessWrong(world, { address: placeOf(1) })).toBe(1);
    expect(await guessWrong(world)).toBe(900);
  });

  test('however many come at once', async () => {
    const world = await limitedWorld();
    const waits = await Promise.all(Array.from({ length: 50 }, () => guessWrong(world)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
    const elsewhere = Array.from({ length: 50 }, (_, index) => guessWrong(world, fromAnywhere(index)));
    expect((await Promise.all(elsewhere)).filter((wait) => wait === 0)).toHaveLength(15);
  });

  test('across a restart', async () => {
    const env = { DATABASE_URL: await takeLastingDatabase() };
    const world = await limitedWorld({ env });
    await guessPatiently(world, 10);
    const { clock } = world;
    await world.app.close();
    const next = await createWorld({ env: { ...env, RATE_LIMIT: 'on' }, clock });
    expect(await guessWrong(next)).toBe(32);
  });

  test('across a rotation of the secret, for as long as the old one is listed', async () => {
    const env = { DATABASE_URL: await takeLastingDatabase(), RATE_LIMIT: 'on' };
    const world = await limitedWorld({ env });
    await guessAtOnce(world, 5);
    const { clock } = world;
    await world.app.close();
    const AUTH_SECRET = `another-kP9vXw2Lq8RzTn5YbHs7JdGf4McAeUu,${SECRET}`;
    const next = await createWorld({ env: { ...env, AUTH_SECRET }, clock });
    expect(await guessWrong(next)).toBe(1);
  });

  test('and then write nothing, so that nobody chooses how often we write', async () => {
    const file = join(temporaryFolder(), 'guesses.db');
    const world = await limitedWorld({ env: { DATABASE_URL: `sqlite:${file}` } });
    await guessAtOnce(world, 5);
    const before = await listCounts(world);
    const other = connectFile(file);
    onTestFinished(() => other.destroy());
    const askWritten = watchFile(other, world.clock);
    await askWritten();
    const seen = watchStatements();
    expect(await guessAtOnce(world, 1)).toBe(0);
    expect(seen.executed.filter((sql) => /^(insert|update|delete)/i.test(sql))).toEqual([]);
    expect(await askWritten()).toBe('nothing');
    expect(await listCounts(world)).toEqual(before);
  });
});

describe('an account has 100 failures in a row', () => {
  test('of which strangers have 80, then nobody new is let in until it is forgotten', async () => {
    const world = await limitedWorld();
    await guessPatiently(world, 79, fromAnywhere);
    expect(await guessWrong(world, { address: placeOf(400) })).toBeLessThanOrEqual(60);
    world.clock.advance(MINUTE);
    expect(await guessWrong(world, { address: placeOf(401) })).toBe(0);
    expect(await guessWrong(world, { address: placeOf(402) })).toBe(30 * 24 * 3600);
    world.clock.advance(30 * DAY - 1);
    expect(await guessWrong(world, { address: placeOf(402) })).toBe(1);
    world.clock.advance(1);
    expect(await guessWrong(world, { address: placeOf(402) })).toBe(0);
  });

  test('and its owner on a new device never waits more than a minute before', async () => {
    const world = await limitedWorld();
    await guessPatiently(world, 20, fromAnywhere);
    const owner = { address: placeOf(1000) };
    for (let count = 20; count < 80; count += 1) {
      const wait = await guessWrong(world, owner);
      expect(wait).toBe(Math.min(2 ** (count - 20), 60));
      world.clock.advance(wait * SECOND);
      if (count < 79) await guessPatiently(world, 1, () => fromAnywhere(count));
    }
    await guessRight(world, owner);
  });

  test('all of them counted, whoever has them: known devices have the other 20 together', async () => {
    const world = await limitedWorld();
    const devices: string[] = [];
    for (let index = 0; index < 2; index += 1) {
      const browser = world.visitor({ ip: placeOf(900 + index) });
      await browser.signIn();
      devices.push(browser.device ?? '');
    }
    await guessPatiently(world, 80, fromAnywhere);
    const address = placeOf(901);
    await guessPatiently(world, 20, (index) => ({ address, device: devices[index % 2] }));
    for (const device of devices)
      expect(await guessWrong(world, { address, device })).toBeGreaterThan(29 * 24 * 3600);
  });

  test.each([
    ['a sign-in from a known device', (browser: Visitor) => browser.signIn()],
    [
      'a password set anew by a link in mail',
      async ({ api }: Visitor, world: World) => {
        await api.password.forgot({ email: ADA });
        await api.password.reset({ token: tokenFor(world, ADA), password: 'another lantern, for sure' });
      },
    ],
  ])('and begins anew after %s', async (_, beginAnew) => {
    const world = await limitedWorld({ env: MAIL_ENV });
    const browser = world.visitor();
    await browser.signIn();
    await guessPatiently(world, 80, fromAnywhere);
    await beginAnew(browser, world);
    expect(await guessAtOnce(world, 30, (index) => fromAnywhere(500 + index))).toBe(20);
  });

  test('and begins anew when the operator says so, which tells how many there were', async () => {
    const world = await limitedWorld();
    await guessPatiently(world, 80, fromAnywhere);
    expect(await unlockAccount(world.app.deps, { email: ADA, origin: OPERATOR })).toBe(80);
    expect(await unlockAccount(world.app.deps, { email: ADA, origin: OPERATOR })).toBe(0);
    expect(await listEvents(world, 'account_unlocked')).toHaveLength(2);
    expect(
      await unlockAccount(world.app.deps, { email: 'nobody@example.com', origin: OPERATOR }),
    ).toBeUndefined();
    expect(await guessWrong(world, { address: placeOf(500) })).toBe(0);
  });

  test('and whoever has had a link in mail need not wait where they mistyped before either', async () => {
    const world = await limitedWorld();
    await guessPatiently(world, 12);
    await guessAtOnce(world, 5, () => ({ address: placeOf(1) }));
    const { db, limits } = world.app.deps;
    await db.transaction().execute((trx) => limits.forgive(trx, ADA, '192.0.2.1'));
    expect(await guessWrong(world)).toBe(0);
    expect(await guessWrong(world, { address: placeOf(1) })).toBe(1);
  });
});

test('a right password that the account’s scope leaves nothing for is no failure', async () => {
  const world = await limitedWorld();
  const ceiling = ['profile:read'] as const;
  await boundAccount(world.app.deps, { email: ADA, ceiling, origin: OPERATOR });
  const ask = () =>
    world.visitor().api.auth.login({ email: ADA, password: GOOD_PASSWORD, scope: 'profile:write' });
  // More than are free.
  for (let index = 0; index < 8; index += 1) expect(await outcomeOf(ask())).toBe('validation');
});

describe('a success', () => {
  test('gives all back, however often', async () => {
    const world = await limitedWorld();
    for (let count = 0; count < 150; count += 1) await guessRight(world);
    expect((await listCounts(world)).filter(({ failures }) => failures > 0)).toEqual([
      expect.objectContaining({ failures: 1 }),
    ]);
  });

  test('ends a row of failures, from everywhere', async () => {
    const world = await limitedWorld();
    for (let round = 0; round < 3; round += 1) {
      expect(await guessAtOnce(world, 15, (index) => fromAnywhere(20 * round + index))).toBe(15);
      expect(await guessAtOnce(world, 4)).toBe(4);
      await guessRight(world);
    }
  });

  test('at an account of their own gives a guesser nothing back', async () => {
    const world = await limitedWorld();
    const guesses = (index: number) => ({ email: `a${index}@example.com` });
    expect(await guessAtOnce(world, 99, guesses)).toBe(99);
    await guessRight(world, { email: 'eve@example.com' });
    expect(await guessAtOnce(world, 5, (index) => guesses(200 + index))).toBe(1);
    expect(await guessWrong(world, { email: 'eve@example.com' })).toBe(900);
  });

  test('that comes when the window is over takes nothing from the next one', async () => {
    const world = await limitedWorld();
    const { limits, db } = world.app.deps;
    const attempt = { address: '192.0.2.1', email: ADA, deviceHash: undefined };
    const slow = await limits.beginGuess(attempt);
    world.clock.advance(15 * MINUTE);
    expect(await guessAtOnce(world, 100, (index) => ({ email: `a${index}@example.com` }))).toBe(100);
    await db.transaction().execute((trx) => slow.succeeded(trx));
    expect(await guessWrong(world, { email: 'b@example.com' })).toBe(900);
  });

  test('that is undone with its transaction stays a failure', async () => {
    const world = await limitedWorld();
    const { limits, db } = world.app.deps;
    for (let count = 0; count < 5; count += 1) {
      const guess = await limits.beginGuess({ address: '192.0.2.1', email: ADA, deviceHash: undefined });
      const lost = db.transaction().execute(async (trx) => {
        await guess.succeeded(trx);
        throw new Error('lost');
      });
      await expect(lost).rejects.toThrow('lost');
    }
    expect(await guessWrong(world)).toBe(1);
  });
});

describe('the table', () => {
  test('names neither person nor place', async () => {
    const world = await limitedWorld();
    await guessAtOnce(world, 5);
    const rows = await listCounts(world);
    expect(rows.map(({ key }) => key)).toEqual(rows.map(() => expect.stringMatching(/^[\w-]{22}$/)));
    expect(failuresOf(rows)).toEqual([1, 5, 5, 5]);
  });

  test('has other keys under another secret', async () => {
    const keysUnder = async (AUTH_SECRET: string) => {
      const world = await createWorld({ env: { RATE_LIMIT: 'on', AUTH_SECRET } });
      await guessWrong(world);
      return (await listCounts(world)).map(({ key }) => key);
    };
    const [one, other] = [
      await keysUnder(SECRET),
      await keysUnder('another-kP9vXw2Lq8RzTn5YbHs7JdGf4McAeUu'),
    ];
    expect(one).toHaveLength(3);
    expect(one.filter((key) => other.includes(key))).toEqual([]);
  });

  test('gets the same rows by the same statements whether or not there is an account', async () => {
    const world = await limitedWorld();
    const seen = watchStatements();
    const traces = [];
    for (const email of [ADA, 'nobody@example.com']) {
      seen.reset();
      const waits = [];
      for (let count = 0; count < 12; count += 1) {
        waits.push(await guessWrong(world, { email, address: placeOf(count % 2), device: 'made up' }));
        if (count === 9) world.clock.advance(HOUR);
      }
      const counts = failuresOf(await listCounts(world));
      traces.push({ waits, statements: [...seen.executed], counts });
      await world.app.deps.db.deleteFrom('throttles').execute();
    }
    const [known, unknown] = traces;
    expect(unknown).toEqual({ ...known, counts: known?.counts.filter((_, index) => index > 0) });
  });
});
