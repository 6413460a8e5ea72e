import { describe, expect, test } from 'vitest';
import { exportSchema } from '../../../shared/export.ts';
import { readAccount } from '../../support/accounts.ts';
import { MINUTE } from '../../support/clock.ts';
import { MAIL_ENV } from '../../support/letters.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { createWorld, GOOD_PASSWORD } from '../../support/world.ts';

const ADA = 'ada@example.com';

describe('the export of an account', () => {
  test('has everything that is stored about the person', async () => {
    const world = await createWorld({ env: MAIL_ENV });
    const browser = world.visitor();
    await browser.register();
    world.clock.advance(MINUTE);
    const phone = world.visitor({ ip: '198.51.100.9', userAgent: 'Phone/1' });
    await phone.signIn();
    await phone.api.auth.logout();
    await browser.api.account.changeEmail({ email: 'ada@new.example', password: GOOD_PASSWORD });

    const exported = await browser.api.account.export();
    const { id } = await browser.api.auth.me();
    expect(exported.account).toEqual({
      id,
      email: ADA,
      name: '',
      createdAt: '2026-11-24T12:00:00.000Z',
      updatedAt: '2026-11-24T12:00:00.000Z',
      emailVerifiedAt: '2026-11-24T12:00:00.000Z',
      hasPassword: true,
    });
    expect(exported.sessions).toHaveLength(2);
    expect(exported.sessions).toContainEqual(
      expect.objectContaining({ ip: '198.51.100.9', userAgent: 'Phone/1', endReason: 'signed_out' }),
    );
    expect(exported.devices).toHaveLength(2);
    expect(exported.links.map(({ purpose, email }) => `${purpose} ${email}`)).toEqual([
      'change_email ada@new.example',
      `revert_email ${ADA}`,
    ]);
    expect(exported.events.map(({ kind }) => kind).toSorted()).toEqual([
      'data_exported',
      'email_change_requested',
      'registered',
      'signed_in',
      'signed_in',
      'signed_out',
    ]);
    expect(exported.notices).toMatchObject([{ kind: 'new_device', userAgent: 'Phone/1' }]);
    expect(exported.mail.map(({ subject }) => subject)).toContain('New sign-in to Sallyport');
  });

  test('names every column that there is of the person, or says why not', async () => {
    const world = await createWorld();
    const { db } = world.app.deps;
    const tables = await db.introspection.getTables();
    const columns = tables.flatMap(({ name, columns: all }) => all.map((column) => `${name}.${column.name}`));
    /** What a table with a person in it holds: `shown`, or the reason for which it is not. */
    const known: Record<string, Record<string, string>> = {
      accounts: {
        id: 'shown',
        email: 'shown',
        email_verified_at: 'shown',
        name: 'shown',
        password_hash: 'a secret: that there is one is shown',
        disabled_at: 'whoever is disabled cannot ask',
        created_at: 'shown',
        updated_at: 'shown',
        scope: 'shown',
        email_skeleton: 'follows from the address',
        erase_at: 'whoever asks has just cancelled it',
      },
      sessions: {
        id: 'shown',
        account_id: 'the account',
        client_id: 'shown',
        scope: 'shown',
        nonce: 'a secret',
        generation: 'a counter',
        retired: 'counters',
        created_at: 'shown',
        rotated_at: 'shown as the last time it was seen',
        last_seen_at: 'shown',
        ip: 'shown',
        user_agent: 'shown',
        revoked_at: 'shown',
        revoked_reason: 'shown',
        device_hash: 'a secret',
        ends_at: 'follows from the client',
        dpop_jkt: 'shown',
      },
      devices: {
        account_id: 'the account',
        token_hash: 'a secret',
        created_at: 'shown',
        last_seen_at: 'shown',
      },
      mail_tokens: {
        token_hash: 'a secret',
        purpose: 'shown',
        account_id: 'the account',
        email: 'shown',
        payload: 'the address that is changed',
        created_at: 'shown',
        expires_at: 'shown',
      },
      security_events: {
        id: 'shown',
        account_id: 'the account',
        kind: 'shown',
        session_id: 'shown',
        ip: 'shown',
        user_agent: 'shown',
        created_at: 'shown',
      },
      notices: {
        id: 'shown',
        account_id: 'the account',
        kind: 'shown',
        session_id: 'shown',
        ip: 'shown',
        user_agent: 'shown',
        created_at: 'shown',
      },
    };
    const named = Object.entries(known).flatMap(([table, entries]) =>
      Object.keys(entries).map((column) => `${table}.${column}`),
    );
    const ofPeople = columns.filter((column) => Object.hasOwn(known, column.split('.')[0] ?? ''));
    expect(ofPeople.toSorted()).toEqual(named.toSorted());
    const withPeople = columns.filter((column) => /\.(account_id|email)$/.test(column));
    expect(withPeople.map((column) => column.split('.')[0])).toEqual(
      expect.arrayContaining(['accounts', 'sessions']),
    );
    for (const column of withPeople) expect(Object.keys(known)).toContain(column.split('.')[0]);
  });

  test('shows no secret', async () => {
    const world = await createWorld({ env: MAIL_ENV });
    const browser = world.visitor();
    await browser.register();
    await browser.api.password.forgot({ email: ADA });
    const text = JSON.stringify(await browser.api.account.export());
    const { password_hash } = await readAccount(world, ADA);
    const { db } = world.app.deps;
    const hashes = [
      ...(await db.selectFrom('mail_tokens').select('token_hash as secret').execute()),
      ...(await db.selectFrom('devices').select('token_hash as secret').execute()),
      ...(await db.selectFrom('sessions').select('nonce as secret').execute()),
    ];
    for (const secret of [password_hash, browser.cookie, browser.bearer, browser.device]) {
      expect(secret).toMatch(/.{20}/);
      expect(text).not.toContain(secret);
    }
    for (const { secret } of hashes) expect(text).not.toContain(secret);
    expect(hashes.length).toBeGreaterThan(2);
  });

  test('is of nobody else, has the shape that is promised, and is recorded', async () => {
    const world = await createWorld({ env: MAIL_ENV });
    const bob = world.visitor({ ip: '198.51.100.77' });
    await bob.register('bob@example.com');
    const browser = world.visitor();
    await browser.register();
    const exported = await browser.api.account.export();
    expect(exportSchema.strict().parse(exported)).toEqual(exported);
    expect(JSON.stringify(exported)).not.toMatch(/bob@|198\.51\.100\.77/);
    expect((await browser.api.account.activity({})).events.map(({ kind }) => kind)).toContain(
      'data_exported',
    );
  });

  test('is made ten times an hour and no more', async () => {
    const world = await createWorld({ env: { RATE_LIMIT: 'on' } });
    const browser = world.visitor();
    await browser.register();
    const outcomes: string[] = [];
    for (let index = 0; index < 11; index += 1) outcomes.push(await outcomeOf(browser.api.account.export()));
    expect(outcomes.slice(-2)).toEqual(['succeeded', 'throttled']);
  });
});
