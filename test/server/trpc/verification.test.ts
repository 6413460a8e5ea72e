import { describe, expect, test } from 'vitest';
import { alterAccount, readAccount } from '../../support/accounts.ts';
import { DAY, HOUR, SECOND } from '../../support/clock.ts';
import { lettersTo, MAIL_ENV, tokenFor, tokenIn } from '../../support/letters.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { listEvents } from '../../support/security-events.ts';
import { createWorld, GOOD_PASSWORD } from '../../support/world.ts';

const ADA = 'ada@example.com';
const ada = { email: ADA, password: GOOD_PASSWORD };
const sent = { status: 'verification_sent' };

const createMailingWorld = (env: Record<string, string> = {}) =>
  createWorld({ env: { ...MAIL_ENV, ...env } });

describe('registering where mail is sent', () => {
  test('makes no account and signs nobody in before the address is confirmed', async () => {
    const world = await createMailingWorld();
    const browser = world.visitor();
    expect(await browser.api.auth.register({ ...ada, name: 'Ada' })).toEqual(sent);
    expect(browser.cookie).toBeUndefined();
    expect(await world.app.deps.db.selectFrom('accounts').selectAll().execute()).toEqual([]);
    expect(await outcomeOf(browser.signIn())).toBe('invalid_credentials');

    world.clock.advance(HOUR);
    expect(await browser.api.email.verify({ token: tokenFor(world, ADA) })).toEqual({ ok: true });
    expect(browser.cookie, 'and the link signs nobody in either').toBeUndefined();
    expect(await readAccount(world, ADA)).toMatchObject({ email_verified_at: world.clock.now() });
    world.clock.advance(SECOND);
    await browser.signIn();
    expect(await browser.api.auth.me()).toMatchObject({ email: ADA, name: 'Ada', emailVerified: true });
    expect((await listEvents(world)).map(({ kind }) => kind)).toEqual(['registered', 'signed_in']);
  });

  test('tells an address that has an account, and answers the same', async () => {
    const world = await createMailingWorld();
    await world.visitor().register();
    const before = await readAccount(world, ADA);
    const stranger = world.visitor();
    const another = { email: ADA, password: 'quite another passphrase here' };
    expect(await stranger.api.auth.register(another)).toEqual(sent);
    const letter = lettersTo(world, ADA).at(-1);
    expect(letter?.subject).toBe('You already have a Sallyport account');
    expect(letter?.text).toContain('/forgot-password');
    expect(letter?.text).not.toContain('/verify-email');
    expect(await readAccount(world, ADA)).toEqual(before);
    expect(await outcomeOf(stranger.signIn(ADA, another.password))).toBe('invalid_credentials');
  });

  test('of several who ask for one address, whoever is confirmed has the password; the others asked for nothing', async () => {
    const world = await createMailingWorld();
    const eve = world.visitor();
    await eve.api.auth.register({ email: ADA, password: 'what the stranger has chosen' });
    const planted = tokenFor(world, ADA);
    const owner = world.visitor();
    await owner.api.auth.register(ada);
    await owner.api.email.verify({ token: tokenFor(world, ADA) });
    expect(await outcomeOf(owner.signIn())).toBe('succeeded');
    expect(await outcomeOf(eve.signIn(ADA, 'what the stranger has chosen'))).toBe('invalid_credentials');
    expect(await outcomeOf(owner.api.email.verify({ token: planted }))).toBe('token_invalid');
  });

  test('the browser that asked is no stranger at its first sign-in; any other is', async () => {
    const world = await createMailingWorld();
    const browser = world.visitor();
    await browser.api.auth.register(ada);
    await world.visitor().api.email.verify({ token: tokenFor(world, ADA) });
    await browser.signIn();
    expect(lettersTo(world, ADA).map(({ subject }) => subject)).toEqual([
      'Confirm your e-mail address for Sallyport',
    ]);
    await world.visitor().signIn();
    expect(lettersTo(world, ADA).at(-1)?.subject).toBe('New sign-in to Sallyport');
  });

  test('takes no weak password, for a known address as for an unknown one', async () => {
    const world = await createMailingWorld();
    await world.visitor().register();
    for (const email of [ADA, 'nobody@example.com'])
      expect(await outcomeOf(world.visitor().api.auth.register({ email, password: 'short' }))).toBe(
        'weak_password',
      );
  });

  test('judges 120 passwords in five minutes from one address, and then no more', async () => {
    const world = await createMailingWorld({ RATE_LIMIT: 'on' });
    const outcomes: string[] = [];
    for (let index = 0; index < 121; index += 1)
      outcomes.push(await outcomeOf(world.visitor().api.auth.register({ email: ADA, password: 'short' })));
    expect(outcomes.slice(-2)).toEqual(['weak_password', 'throttled']);
  });

  test('an address gets three links an hour, and nobody is told that there are no more', async () => {
    const world = await createMailingWorld({ RATE_LIMIT: 'on' });
    for (let index = 0; index < 5; index += 1)
      expect(await world.visitor({ ip: `198.51.100.${index}` }).api.auth.register(ada)).toEqual(sent);
    expect(lettersTo(world, ADA)).toHaveLength(3);
    expect(world.letters).toHaveLength(5);
  });
});

describe('a link that confirms', () => {
  test('is good for 24 hours', async () => {
    const world = await createMailingWorld();
    const browser = world.visitor();
    await browser.api.auth.register(ada);
    world.clock.advance(DAY);
    expect(await outcomeOf(browser.api.email.verify({ token: tokenFor(world, ADA) }))).toBe('token_invalid');
    await browser.api.auth.register(ada);
    world.clock.advance(DAY - 1);
    expect(await outcomeOf(browser.api.email.verify({ token: tokenFor(world, ADA) }))).toBe('succeeded');
  });

  test('works once', async () => {
    const world = await createMailingWorld();
    const browser = world.visitor();
    await browser.api.auth.register(ada);
    const token = tokenFor(world, ADA);
    await browser.api.email.verify({ token });
    expect(await outcomeOf(browser.api.email.verify({ token }))).toBe('token_invalid');
  });

  test('is a conflict when the address has got an account on another way since', async () => {
    const world = await createMailingWorld();
    const browser = world.visitor();
    await browser.api.auth.register(ada);
    const { db, clock } = world.app.deps;
    const now = clock.now();
    await db
      .insertInto('accounts')
      .values({
        id: 'imported',
        email: ADA,
        email_skeleton: ADA,
        name: '',
        created_at: now,
        updated_at: now,
      })
      .execute();
    expect(await outcomeOf(browser.api.email.verify({ token: tokenFor(world, ADA) }))).toBe('conflict');
    expect(await readAccount(world, ADA)).toMatchObject({ id: 'imported', password_hash: null });
  });

  test('is stored as a hash, and is worth nothing under another name', async () => {
    const world = await createMailingWorld();
    const browser = world.visitor();
    await browser.api.auth.register(ada);
    const token = tokenFor(world, ADA);
    const rows = await world.app.deps.db.selectFrom('mail_tokens').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
    for (const redeem of [browser.api.email.confirmChange, browser.api.email.revertChange])
      expect(await outcomeOf(redeem({ token }))).toBe('token_invalid');
    const reset = browser.api.password.reset({ token, password: 'quite another passphrase here' });
    expect(await outcomeOf(reset)).toBe('token_invalid');
    expect(await outcomeOf(browser.api.email.verify({ token: rows[0]?.token_hash ?? '' }))).toBe(
      'token_invalid',
    );
    expect(await outcomeOf(browser.api.email.verify({ token }))).toBe('succeeded');
  });

  test.each(['', 'x', 'a'.repeat(43), `${'a'.repeat(42)}B`, 'a'.repeat(200), '../'.repeat(10), '💥'])(
    'is not %j',
    async (token) => {
      const { visitor } = await createMailingWorld();
      expect(await outcomeOf(visitor().api.email.verify({ token }))).toBe('token_invalid');
    },
  );

  test('is tried 60 times in five minutes from one address, and no more', async () => {
    const world = await createMailingWorld({ RATE_LIMIT: 'on' });
    const outcomes: string[] = [];
    for (let index = 0; index < 61; index += 1)
      outcomes.push(await outcomeOf(world.visitor().api.email.verify({ token: 'x' })));
    expect(outcomes.slice(-2)).toEqual(['token_invalid', 'throttled']);
  });
});

describe('an account from before there was mail', () => {
  test('signs in as before, and can ask for a link that confirms its address', async () => {
    const world = await createMailingWorld();
    const browser = world.visitor();
    await browser.register();
    await alterAccount(world, ADA, { email_verified_at: null });
    await browser.signIn();
    world.letters.length = 0;
    expect(await browser.api.email.sendVerification()).toEqual({ status: 'sent' });
    const first = tokenFor(world, ADA);
    await browser.api.email.sendVerification();
    expect(await outcomeOf(browser.api.email.verify({ token: first })), 'replaced').toBe('token_invalid');
    world.clock.advance(SECOND);
    await world.visitor().api.email.verify({ token: tokenFor(world, ADA) });
    expect(await readAccount(world, ADA)).toMatchObject({ email_verified_at: world.clock.now() });
    expect((await browser.api.auth.me()).emailVerified).toBe(true);
    expect(await listEvents(world, 'email_verified')).toHaveLength(1);
  });

  test('gets no link once it is confirmed', async () => {
    const world = await createMailingWorld();
    const browser = world.visitor();
    await browser.register();
    world.letters.length = 0;
    expect(await browser.api.email.sendVerification()).toEqual({ status: 'sent' });
    expect(world.letters).toEqual([]);
  });

  test('a link to an address that it no longer has confirms nothing', async () => {
    const world = await createMailingWorld();
    const browser = world.visitor();
    await browser.register();
    await alterAccount(world, ADA, { email_verified_at: null });
    await browser.api.email.sendVerification();
    await alterAccount(world, ADA, { email: 'other@example.com' });
    expect(await outcomeOf(browser.api.email.verify({ token: tokenFor(world, ADA) }))).toBe('token_invalid');
    expect(await readAccount(world, 'other@example.com')).toMatchObject({ email_verified_at: null });
  });
});

test('where there is only the mailbox of this machine, a registration signs in at once and still sends its link', async () => {
  const world = await createWorld();
  const browser = world.visitor();
  await browser.register();
  expect((await browser.api.auth.me()).emailVerified).toBe(false);
  await browser.api.email.verify({ token: tokenIn(lettersTo(world, ADA).at(-1)) });
  expect((await browser.api.auth.me()).emailVerified).toBe(true);
});
