import { describe, expect, test } from 'vitest';
import { alterAccount, readAccount } from '../../support/accounts.ts';
import { DAY, MINUTE, SECOND } from '../../support/clock.ts';
import { takeLastingDatabase } from '../../support/database.ts';
import { lettersTo, MAIL_ENV, tokenFor } from '../../support/letters.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { listEvents } from '../../support/security-events.ts';
import { createWorld, GOOD_PASSWORD, type Visitor, type World } from '../../support/world.ts';

const OLD = 'ada@example.com';
const NEW = 'ada@new.example';
const NEW_PASSWORD = 'another lantern, another night';
const change = { email: NEW, password: GOOD_PASSWORD };

async function owner(env: Record<string, string> = {}) {
  const world = await createWorld({ env: { ...MAIL_ENV, ...env } });
  const browser = world.visitor();
  await browser.register();
  world.letters.length = 0;
  world.clock.advance(MINUTE);
  return { world, browser };
}

/** As the account of `browser` is asked to move, and does. */
async function move(world: World, browser: Visitor, email = NEW): Promise<void> {
  await browser.api.account.changeEmail({ email, password: GOOD_PASSWORD });
  await browser.api.email.confirmChange({ token: tokenFor(world, email) });
}

describe('asking for another address', () => {
  test('changes nothing until it is confirmed there, and tells the old one', async () => {
    const { world, browser } = await owner();
    expect(await browser.api.account.changeEmail(change)).toEqual({ status: 'sent' });
    expect((await browser.api.auth.me()).email).toBe(OLD);
    expect(world.letters.map(({ to, subject }) => [to, subject])).toEqual([
      [NEW, 'Confirm your new e-mail address for Sallyport'],
      [OLD, 'Your Sallyport e-mail address is about to change'],
    ]);
    expect(lettersTo(world, OLD)[0]?.text).toContain(`to ${NEW}.`);

    world.clock.advance(MINUTE);
    await world.visitor().api.email.confirmChange({ token: tokenFor(world, NEW) });
    expect(await browser.api.auth.me(), 'the session goes on').toMatchObject({
      email: NEW,
      emailVerified: true,
    });
    expect(await outcomeOf(world.visitor().signIn(OLD))).toBe('invalid_credentials');
    expect(await outcomeOf(world.visitor().signIn(NEW))).toBe('succeeded');
    expect(lettersTo(world, OLD).at(-1)?.subject).toBe('Your Sallyport e-mail address was changed');
    expect(await listEvents(world, 'email_change_requested')).toHaveLength(1);
    expect(await listEvents(world, 'email_changed')).toHaveLength(1);
  });

  test('needs the password, and a guess counts like one at the sign-in', async () => {
    const { world, browser } = await owner({ RATE_LIMIT: 'on' });
    const guess = { ...change, password: 'not the password at all' };
    expect(await outcomeOf(browser.api.account.changeEmail(guess))).toBe('invalid_credentials');
    expect(world.letters).toEqual([]);
    for (let index = 0; index < 40; index += 1) await outcomeOf(browser.api.account.changeEmail(guess));
    expect(await outcomeOf(browser.api.account.changeEmail(guess))).toBe('throttled');
    expect(await outcomeOf(browser.signIn(OLD, guess.password))).toBe('throttled');
  });

  test('takes only an address, and not the one that it is already', async () => {
    const { browser } = await owner();
    for (const email of ['nonsense', 'a@b.example, c@d.example', ` ADA@Example.com `])
      await expect(browser.api.account.changeEmail({ ...change, email })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
      });
  });

  test('answers the same when the address has an account, tells that one, and leads nowhere', async () => {
    const { world, browser } = await owner();
    await world.visitor().register(NEW);
    world.letters.length = 0;
    expect(await browser.api.account.changeEmail(change)).toEqual({ status: 'sent' });
    const [letter] = lettersTo(world, NEW);
    expect(letter?.subject).toBe('This address has a Sallyport account already');
    expect(`${letter?.text}${letter?.html}`).not.toContain('token=');
    expect(lettersTo(world, OLD)).toHaveLength(1);
  });

  test('a second wish replaces the first', async () => {
    const { world, browser } = await owner();
    await browser.api.account.changeEmail(change);
    const first = tokenFor(world, NEW);
    await browser.api.account.changeEmail({ ...change, email: 'third@new.example' });
    expect(await outcomeOf(browser.api.email.confirmChange({ token: first }))).toBe('token_invalid');
    const second = tokenFor(world, 'third@new.example');
    expect(await outcomeOf(browser.api.email.confirmChange({ token: second }))).toBe('succeeded');
  });

  test('is a conflict when somebody else has got the address before it was confirmed', async () => {
    const { world, browser } = await owner();
    await browser.api.account.changeEmail(change);
    const token = tokenFor(world, NEW);
    await world.visitor().register(NEW);
    expect(await outcomeOf(browser.api.email.confirmChange({ token }))).toBe('conflict');
    expect((await browser.api.auth.me()).email).toBe(OLD);
  });

  test('is confirmed within 24 hours, once, and not after the password was changed', async () => {
    const { world, browser } = await owner();
    await browser.api.account.changeEmail(change);
    const late = tokenFor(world, NEW);
    world.clock.advance(DAY);
    expect(await outcomeOf(browser.api.email.confirmChange({ token: late }))).toBe('token_invalid');

    await browser.signIn();
    await browser.api.account.changeEmail(change);
    const stopped = tokenFor(world, NEW);
    const newPassword = NEW_PASSWORD;
    await browser.api.account.changePassword({ currentPassword: GOOD_PASSWORD, newPassword });
    expect(await outcomeOf(browser.api.email.confirmChange({ token: stopped }))).toBe('token_invalid');
  });

  test('is not confirmed for an account that has got another address on another way', async () => {
    const { world, browser } = await owner();
    await browser.api.account.changeEmail(change);
    await alterAccount(world, OLD, { email: 'elsewhere@example.com' });
    const confirmed = browser.api.email.confirmChange({ token: tokenFor(world, NEW) });
    expect(await outcomeOf(confirmed)).toBe('token_invalid');
    expect((await browser.api.auth.me()).email).toBe('elsewhere@example.com');
  });

  test('is not confirmed for an account that was shut meanwhile', async () => {
    const { world, browser } = await owner();
    await browser.api.account.changeEmail(change);
    await alterAccount(world, OLD, { disabled_at: world.clock.now() });
    expect(await outcomeOf(browser.api.email.confirmChange({ token: tokenFor(world, NEW) }))).toBe(
      'token_invalid',
    );
    expect(await readAccount(world, OLD)).toMatchObject({ email: OLD });
  });

  test('is refused where no mail is sent: nobody could confirm it', async () => {
    const world = await createWorld({ env: { PUBLIC_URL: 'https://login.example.com' } });
    const browser = world.visitor();
    await browser.register();
    await expect(browser.api.account.changeEmail(change)).rejects.toMatchObject({
      cause: { reason: 'validation', issues: [{ path: ['email'], code: 'no_mail' }] },
    });
  });
});

describe('an account whose address nobody has ever confirmed', () => {
  test('is moved as any other, and the old address is told without a way to take it', async () => {
    const { world, browser } = await owner();
    await alterAccount(world, OLD, { email_verified_at: null });
    await move(world, browser);
    const [told, ...others] = lettersTo(world, OLD);
    expect(told?.subject).toBe('Your Sallyport e-mail address is about to change');
    expect(`${told?.text}${told?.html}`).not.toContain('token=');
    expect(others).toEqual([]);
    world.letters.length = 0;
    await world.visitor().api.auth.register({ email: OLD, password: GOOD_PASSWORD });
    expect(lettersTo(world, OLD), 'and is free').toHaveLength(1);
  });
});

describe('mail that an account can have sent to others', () => {
  test('is five changes of address an hour, each with the right password', async () => {
    const { world, browser } = await owner({ RATE_LIMIT: 'on' });
    const ask = (index: number) =>
      outcomeOf(browser.api.account.changeEmail({ ...change, email: `a${index}@new.example` }));
    const outcomes: string[] = [];
    for (let index = 0; index < 6; index += 1) outcomes.push(await ask(index));
    expect(outcomes.slice(-2)).toEqual(['succeeded', 'throttled']);
    expect(world.letters.filter(({ to }) => to.endsWith('@new.example'))).toHaveLength(5);
    expect(lettersTo(world, OLD)).toHaveLength(5);
  });

  test('counts among the links that are asked for from one address', async () => {
    const { browser } = await owner({ RATE_LIMIT: 'on' });
    for (let index = 0; index < 30; index += 1)
      await browser.api.password.forgot({ email: `a${index}@example.com` });
    expect(await outcomeOf(browser.api.account.changeEmail(change))).toBe('throttled');
    expect(await outcomeOf(browser.api.email.sendVerification())).toBe('throttled');
  });
});

describe('what happens while the password is checked', () => {
  /** Once, after the next check of a password and before anything is done with what came of it. */
  function meanwhile({ app: { deps } }: World, happen: () => Promise<unknown>): void {
    const { hasher } = deps;
    deps.hasher = {
      ...hasher,
      async verify(...words) {
        deps.hasher = hasher;
        const verdict = await hasher.verify(...words);
        await happen();
        return verdict;
      },
    };
  }

  test('the session is ended: nothing is asked', async () => {
    const { world, browser } = await owner();
    const other = world.visitor();
    await other.signIn();
    world.letters.length = 0;
    meanwhile(world, () => other.api.sessions.revokeOthers());
    expect(await outcomeOf(browser.api.account.changeEmail(change))).toBe('session_revoked');
    expect(world.letters).toEqual([]);
  });

  test('the password is changed: the old one is wrong', async () => {
    const { world, browser } = await owner();
    const password_hash = await world.app.deps.hasher.hash(NEW_PASSWORD);
    meanwhile(world, () => alterAccount(world, OLD, { password_hash }));
    expect(await outcomeOf(browser.api.account.changeEmail(change))).toBe('invalid_credentials');
    expect(world.letters).toEqual([]);
  });

  test('its hash is renewed: it is still the password', async () => {
    const { world, browser } = await owner();
    const password_hash = await world.app.deps.hasher.hash(GOOD_PASSWORD);
    meanwhile(world, () => alterAccount(world, OLD, { password_hash }));
    expect(await outcomeOf(browser.api.account.changeEmail(change))).toBe('succeeded');
    expect(world.letters).toHaveLength(2);
  });
});

test('a hash that a sign-in renews meanwhile is no change of the password', async () => {
  const { world, browser } = await owner();
  const imported = '$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a';
  await alterAccount(world, OLD, { password_hash: imported });
  const [asked] = await Promise.all([
    outcomeOf(browser.api.account.changeEmail({ ...change, password: 'U*U*U' })),
    outcomeOf(world.visitor().signIn(OLD, 'U*U*U')),
  ]);
  expect(asked).toBe('succeeded');
});

describe('the link at the old address', () => {
  test('waits until there is mail again: without it nobody could set the new password', async () => {
    const DATABASE_URL = await takeLastingDatabase();
    const { world, browser } = await owner({ DATABASE_URL });
    await move(world, browser);
    const token = tokenFor(world, OLD);
    await world.app.close();
    const env = { DATABASE_URL, PUBLIC_URL: 'https://login.example.com' };
    const mute = await createWorld({ env, clock: world.clock });
    expect(await outcomeOf(mute.visitor().api.email.revertChange({ token }))).toBe('token_invalid');
    await mute.app.close();
    const again = await createWorld({ env: { ...MAIL_ENV, DATABASE_URL }, clock: world.clock });
    expect(await outcomeOf(again.visitor().api.email.revertChange({ token }))).toBe('succeeded');
  });

  test('stops a change that is not confirmed yet, and ends nothing', async () => {
    const { world, browser } = await owner();
    await browser.api.account.changeEmail(change);
    const confirm = tokenFor(world, NEW);
    const stop = { token: tokenFor(world, OLD) };
    expect(await world.visitor().api.email.revertChange(stop)).toEqual({ outcome: 'cancelled' });
    expect(await outcomeOf(browser.api.email.confirmChange({ token: confirm }))).toBe('token_invalid');
    expect(await outcomeOf(browser.api.auth.me())).toBe('succeeded');
    expect(await outcomeOf(world.visitor().api.email.revertChange(stop))).toBe('token_invalid');
    expect(await listEvents(world, 'email_change_cancelled')).toHaveLength(1);
  });

  test.each([
    ['the first, which was sent when it was asked for', 0, 7],
    ['the second, which was sent when it was done', 1, 7],
  ])('%s, gives the account back for seven days', async (_, index, days) => {
    const { world, browser } = await owner();
    await move(world, browser);
    const token = tokenFor({ letters: [lettersTo(world, OLD)[index] ?? expect.fail()] }, OLD);
    world.clock.advance(days * DAY - SECOND);
    await browser.signIn(NEW);
    const owned = world.visitor();
    expect(await owned.api.email.revertChange({ token })).toEqual({ outcome: 'restored' });

    const refusal = { cause: { reason: 'session_revoked', ended: 'email_restored' } };
    await expect(browser.api.auth.me()).rejects.toMatchObject(refusal);
    await expect(browser.api.auth.refresh()).rejects.toMatchObject(refusal);
    for (const email of [OLD, NEW])
      expect(await outcomeOf(browser.signIn(email)), 'the password is known to whoever did it').toBe(
        'invalid_credentials',
      );
    expect(lettersTo(world, OLD).at(-1)?.subject).toBe('Set a new password for Sallyport');
    await owned.api.password.reset({ token: tokenFor(world, OLD), password: NEW_PASSWORD });
    expect(await outcomeOf(owned.signIn(OLD, NEW_PASSWORD))).toBe('succeeded');
    expect(await listEvents(world, 'email_restored')).toHaveLength(1);
  });

  test('that was sent first is good for seven days from a confirmation at the last moment', async () => {
    const { world, browser } = await owner();
    await browser.api.account.changeEmail(change);
    const token = tokenFor(world, OLD);
    world.clock.advance(DAY - SECOND);
    await browser.api.email.confirmChange({ token: tokenFor(world, NEW) });
    world.clock.advance(7 * DAY);
    expect(await world.visitor().api.email.revertChange({ token })).toEqual({ outcome: 'restored' });
  });

  test('takes no address from somebody who has got it all the same', async () => {
    const { world, browser } = await owner();
    await move(world, browser);
    const token = tokenFor(world, OLD);
    await world.visitor().register('bob@example.com');
    await alterAccount(world, 'bob@example.com', { email: OLD });
    const before = await readAccount(world, NEW);
    expect(await outcomeOf(world.visitor().api.email.revertChange({ token }))).toBe('conflict');
    expect(await readAccount(world, NEW)).toEqual(before);
  });

  test('is over after seven days', async () => {
    const { world, browser } = await owner();
    await move(world, browser);
    const token = tokenFor(world, OLD);
    world.clock.advance(7 * DAY);
    expect(await outcomeOf(browser.api.email.revertChange({ token }))).toBe('token_invalid');
    await browser.signIn(NEW);
    expect((await browser.api.auth.me()).email).toBe(NEW);
  });

  test('gives the account back however often it has been moved on, and then no other link does', async () => {
    const { world, browser } = await owner();
    await move(world, browser);
    const token = tokenFor(world, OLD);
    world.clock.advance(SECOND);
    await move(world, browser, 'third@new.example');
    const thiefs = tokenFor(world, NEW);
    expect(await world.visitor().api.email.revertChange({ token })).toEqual({ outcome: 'restored' });
    expect(await outcomeOf(world.visitor().api.email.revertChange({ token: thiefs }))).toBe('token_invalid');
    expect((await readAccount(world, OLD)).email_verified_at).toBe(world.clock.now());
  });

  test('at a later address takes no way back from an earlier one', async () => {
    for (const isConfirmed of [false, true]) {
      const { world, browser } = await owner();
      await move(world, browser);
      const owners = tokenFor(world, OLD);
      world.clock.advance(SECOND);
      await browser.api.account.changeEmail({ email: 'third@new.example', password: GOOD_PASSWORD });
      const thiefs = tokenFor(world, NEW);
      if (isConfirmed) await browser.api.email.confirmChange({ token: tokenFor(world, 'third@new.example') });
      await world.visitor().api.email.revertChange({ token: thiefs });
      expect(await world.visitor().api.email.revertChange({ token: owners })).toEqual({
        outcome: 'restored',
      });
      expect(await outcomeOf(browser.api.auth.me())).toBe('session_revoked');
    }
  });

  test('calls off a deletion, which a thief may have asked for', async () => {
    const { world, browser } = await owner();
    await move(world, browser);
    const token = tokenFor(world, OLD);
    await browser.api.account.delete({ password: GOOD_PASSWORD });
    await world.visitor().api.email.revertChange({ token });
    expect(await readAccount(world, OLD)).toMatchObject({ erase_at: null, password_hash: null });
  });

  test('meanwhile nobody else gets the old address, by registering or by moving there', async () => {
    const { world, browser } = await owner();
    await move(world, browser);
    world.letters.length = 0;
    const eve = world.visitor();
    expect(await eve.api.auth.register({ email: OLD, password: GOOD_PASSWORD })).toEqual({
      status: 'verification_sent',
    });
    expect(lettersTo(world, OLD)).toEqual([]);
    await eve.register('eve@example.com');
    await eve.api.account.changeEmail({ email: OLD, password: GOOD_PASSWORD });
    expect(lettersTo(world, OLD)).toEqual([]);
    world.clock.advance(8 * DAY);
    await eve.api.auth.register({ email: OLD, password: GOOD_PASSWORD });
    expect(lettersTo(world, OLD)).toHaveLength(1);
  });

  test('a registration that was asked for before is no way to it either', async () => {
    const { world, browser } = await owner();
    const wanted = 'wanted@example.com';
    await world.visitor().api.auth.register({ email: wanted, password: GOOD_PASSWORD });
    const token = tokenFor(world, wanted);
    await alterAccount(world, OLD, { email: wanted });
    await move(world, browser);
    expect(await outcomeOf(world.visitor().api.email.verify({ token }))).toBe('conflict');
  });

  test('its owner may go back there of themselves', async () => {
    const { world, browser } = await owner();
    await move(world, browser);
    await move(world, browser, OLD);
    expect((await browser.api.auth.me()).email).toBe(OLD);
  });
});
