import { describe, expect, test } from 'vitest';
import { keepHouse } from '../../../server/flows/housekeeping.ts';
import { listSessions, readAccount } from '../../support/accounts.ts';
import { DAY, HOUR, SECOND } from '../../support/clock.ts';
import { lettersTo, MAIL_ENV, tokenFor } from '../../support/letters.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { refuseWrites } from '../../support/refused-writes.ts';
import { listEvents } from '../../support/security-events.ts';
import { createWorld, GOOD_PASSWORD, type World } from '../../support/world.ts';

const ADA = 'ada@example.com';
const password = GOOD_PASSWORD;

async function owner() {
  const world = await createWorld({ env: MAIL_ENV });
  const browser = world.visitor();
  await browser.register();
  world.letters.length = 0;
  world.clock.advance(SECOND);
  return { world, browser };
}

async function cleanUp({ app }: World): Promise<void> {
  for await (const _ of keepHouse(app.deps));
}

describe('deleting the account', () => {
  test('ends every session at once, says when, and tells the owner', async () => {
    const { world, browser } = await owner();
    const phone = world.visitor();
    await phone.signIn();
    const eraseAt = new Date(world.clock.now() + 14 * DAY).toISOString();
    expect(await browser.api.account.delete({ password })).toEqual({ eraseAt });
    expect(browser.cookie).toBeUndefined();
    const refusal = { cause: { reason: 'session_revoked', ended: 'account_deleted' } };
    await expect(browser.api.auth.me()).rejects.toMatchObject(refusal);
    await expect(phone.api.auth.refresh()).rejects.toMatchObject(refusal);
    const letter = lettersTo(world, ADA).at(-1);
    expect(letter?.subject).toBe('Your Sallyport account will be deleted');
    expect(letter?.text).toContain('It is erased on Tuesday, 8 December 2026, 12:00 UTC');
    expect(await listEvents(world, 'deletion_requested')).toHaveLength(1);
  });

  test('needs the password', async () => {
    const { world, browser } = await owner();
    const before = await readAccount(world, ADA);
    expect(await outcomeOf(browser.api.account.delete({ password: 'not the password at all' }))).toBe(
      'invalid_credentials',
    );
    expect(await readAccount(world, ADA)).toEqual(before);
    expect(await outcomeOf(browser.api.auth.me())).toBe('succeeded');
  });

  test('is cancelled by a sign-in within 14 days, which says so', async () => {
    const { world, browser } = await owner();
    await browser.api.account.delete({ password });
    world.clock.advance(14 * DAY - 1);
    await cleanUp(world);
    const signedIn = await browser.api.auth.login({ email: ADA, password });
    expect(signedIn.deletionCancelled).toBe(true);
    expect(lettersTo(world, ADA).at(-1)?.subject).toBe('Your Sallyport account will not be deleted');
    expect(await listEvents(world, 'deletion_cancelled')).toHaveLength(1);
    world.clock.advance(DAY);
    await cleanUp(world);
    expect(await readAccount(world, ADA)).toMatchObject({ erase_at: null });
    expect((await browser.api.auth.login({ email: ADA, password })).deletionCancelled).toBeUndefined();
  });

  test('after 14 days it is as if the account were gone, and then it is', async () => {
    const { world, browser } = await owner();
    const other = world.visitor();
    await other.register('bob@example.com');
    await browser.api.account.delete({ password });
    world.clock.advance(14 * DAY);
    expect(await outcomeOf(browser.signIn())).toBe('invalid_credentials');
    await cleanUp(world);

    const { db } = world.app.deps;
    expect((await db.selectFrom('accounts').select('email').execute()).map(({ email }) => email)).toEqual([
      'bob@example.com',
    ]);
    expect(await listSessions(world)).toHaveLength(1);
    expect((await listEvents(world)).map(({ kind }) => kind).toSorted()).toEqual(['registered', 'signed_in']);
    expect(await db.selectFrom('devices').selectAll().execute()).toHaveLength(1);
    expect(await db.selectFrom('outbox').select('recipient').where('recipient', '=', ADA).execute()).toEqual(
      [],
    );
    await world.visitor().register();
    expect(await listEvents(world)).toHaveLength(4);
  });

  test('whoever registers the address in the meantime finds it free', async () => {
    const { world, browser } = await owner();
    const { id } = await browser.api.auth.me();
    await browser.api.account.delete({ password });
    world.clock.advance(14 * DAY);
    world.letters.length = 0;
    const newcomer = world.visitor();
    await newcomer.api.password.forgot({ email: ADA });
    expect(
      world.letters.map(({ to }) => to),
      'no link for an account that is gone',
    ).toEqual(['']);
    await newcomer.register();
    expect((await newcomer.api.auth.me()).id).not.toBe(id);
    expect((await listEvents(world)).map(({ account_id }) => account_id)).not.toContain(id);
  });

  test('a link from before sets no password once the time is over', async () => {
    const { world, browser } = await owner();
    await browser.api.account.delete({ password });
    world.clock.advance(14 * DAY - SECOND);
    await browser.api.password.forgot({ email: ADA });
    const token = tokenFor(world, ADA);
    world.clock.advance(SECOND);
    const reset = browser.api.password.reset({ token, password: 'another lantern, another night' });
    expect(await outcomeOf(reset)).toBe('token_invalid');
  });

  test('however many are due, one round of housekeeping erases them, but for those that are disabled', async () => {
    const { world } = await owner();
    const { db } = world.app.deps;
    const [row] = await db.selectFrom('accounts').selectAll().execute();
    const at = world.clock.now();
    const due = Array.from({ length: 250 }, (_, index) => ({
      ...(row ?? expect.fail()),
      id: `due-${index}`,
      email: `due-${index}@example.com`,
      erase_at: at,
      disabled_at: index === 0 ? at : null,
    }));
    for (const account of due) await db.insertInto('accounts').values(account).execute();
    await cleanUp(world);
    const left = await db.selectFrom('accounts').select('email').orderBy('email').execute();
    expect(left.map(({ email }) => email)).toEqual([ADA, 'due-0@example.com']);
  });

  test('one that cannot be erased is in the log, and keeps no other from it', async () => {
    const { world } = await owner();
    const { db } = world.app.deps;
    const [row] = await db.selectFrom('accounts').selectAll().execute();
    for (const name of ['bad', 'good'])
      await db
        .insertInto('accounts')
        .values({ ...(row ?? expect.fail()), id: name, email: `${name}@example.com`, erase_at: 1 })
        .execute();
    await refuseWrites(db, 'delete', 'accounts', "old.id = 'bad'");
    await cleanUp(world);
    const left = await db.selectFrom('accounts').select('id').where('erase_at', 'is not', null).execute();
    expect(left).toEqual([{ id: 'bad' }]);
    expect(world.logLines.join('')).toContain('account not erased');
  });

  test('leaves no trace of the person in any table', async () => {
    const { world, browser } = await owner();
    const { id } = await browser.api.auth.me();
    await browser.api.password.forgot({ email: ADA });
    await world.visitor({ ip: '198.51.100.9' }).signIn();
    await browser.api.account.delete({ password });
    world.clock.advance(14 * DAY - HOUR);
    await world.visitor({ ip: '192.0.2.1' }).api.auth.register({ email: ADA, password });
    world.clock.advance(2 * HOUR);
    await cleanUp(world);
    const { db } = world.app.deps;
    const tables = await db.introspection.getTables();
    for (const { name } of tables) {
      const { rows } = await db.executeQuery({
        ...db.selectFrom('accounts').compile(),
        sql: `select * from ${name}`,
        parameters: [],
      });
      const content = JSON.stringify(rows);
      for (const trace of [id, ADA, '198.51.100.9', '203.0.113.7'])
        expect(content, name).not.toContain(trace);
    }
    expect(tables.length).toBeGreaterThan(10);
  });
});
