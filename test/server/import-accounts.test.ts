import { describe, expect, test } from 'vitest';
import { ACCOUNT_COLUMNS } from '../../server/flows/account-row.ts';
import { exportAccounts } from '../../server/flows/export-accounts.ts';
import { importAccounts } from '../../server/flows/import-accounts.ts';
import { formatRows, type Row } from '../../server/lib/rows.ts';
import { skeletonOfAddress } from '../../server/lib/skeleton.ts';
import { alterAccount, readAccount } from '../support/accounts.ts';
import { MAIL_ENV, tokenFor } from '../support/letters.ts';
import { outcomeOf } from '../support/reasons.ts';
import { listEvents } from '../support/security-events.ts';
import { watchStatements } from '../support/statements.ts';
import { refuseWrites } from '../support/refused-writes.ts';
import { createWorld, GOOD_PASSWORD, type World } from '../support/world.ts';

/** Of `a`, as Passlib has published it. */
const HASH = '$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe';
const ORIGIN = { ip: '', userAgent: 'npm run users' };
const ADA = { email: 'ada@example.com', password_hash: HASH };

async function* numbered(rows: Iterable<Record<string, string>>): AsyncGenerator<Row> {
  let line = 1;
  for (const values of rows) yield { line: (line += 1), values };
}

async function run({ app }: Pick<World, 'app'>, rows: Iterable<Record<string, string>> | AsyncIterable<Row>) {
  const problems: string[] = [];
  const source = Symbol.iterator in rows ? numbered(rows) : rows;
  const outcome = await importAccounts(app.deps, source, {
    origin: ORIGIN,
    refuse: (line, problem) => problems.push(`${line}: ${problem}`),
  });
  return { ...outcome, problems };
}

const some = (count: number, change: Record<string, string> = {}) =>
  Array.from({ length: count }, (_, index) => ({ email: `person${index}@example.com`, ...change }));

const countAccounts = async ({ app }: World) =>
  (await app.deps.db.selectFrom('accounts').select('id').execute()).length;

describe('a row', () => {
  test('with an address alone makes an account that nobody can sign in to yet', async () => {
    const world = await createWorld();
    expect(await run(world, [{ email: ' ADA@Example.com ' }])).toMatchObject({ imported: 1, problems: [] });
    expect(await readAccount(world, 'ada@example.com')).toMatchObject({
      name: '',
      password_hash: null,
      email_verified_at: null,
      disabled_at: null,
      scope: null,
      erase_at: null,
      created_at: world.clock.now(),
      email_skeleton: skeletonOfAddress('ada@example.com'),
    });
    expect(await outcomeOf(world.visitor().signIn())).toBe('invalid_credentials');
  });

  test('with everything makes the account that it describes', async () => {
    const world = await createWorld();
    const id = '0190A6B8-1F6B-4D21-9A34-6C8F3B2D1E00';
    await run(world, [
      {
        ...ADA,
        id,
        name: ' Ada ',
        email_verified: '2024-01-02 03:04:05.678901+00',
        disabled: 't',
        scope: 'profile:read',
        created_at: '2023-12-31T23:00:00-02:00',
        erase_at: '2030-01-01',
      },
    ]);
    expect(await readAccount(world, 'ada@example.com')).toMatchObject({
      id: id.toLowerCase(),
      name: 'Ada',
      password_hash: HASH,
      email_verified_at: Date.UTC(2024, 0, 2, 3, 4, 5, 678),
      disabled_at: world.clock.now(),
      scope: 'profile:read',
      created_at: Date.UTC(2024, 0, 1, 1),
      erase_at: Date.UTC(2030, 0, 1),
    });
  });
});

test('a row that cannot be used is left out, and the others are not', async () => {
  const world = await createWorld();
  const rows = [{ ...ADA, password_hash: 'open sesame' }, { email: 'grace@example.com' }, { name: 'Nobody' }];
  expect(await run(world, rows)).toMatchObject({
    imported: 1,
    refused: 2,
    problems: [expect.stringMatching(/^2: password_hash: /), '4: email: missing'],
  });
  expect(await countAccounts(world)).toBe(1);
});

test('of two rows with one address or id the first counts, at every run', async () => {
  const world = await createWorld();
  const id = '0190a6b8-1f6b-4d21-9a34-6c8f3b2d1e00';
  const rows = [
    { ...ADA, id },
    { email: 'ADA@example.com', name: 'Second' },
    { email: 'grace@example.com', id: id.toUpperCase() },
  ];
  const problems = [
    '3: email: in an earlier line too, which is the one that counts',
    '4: id: in an earlier line too, with another address',
  ];
  expect(await run(world, rows)).toMatchObject({ imported: 1, existing: 0, refused: 2, problems });
  expect(await run(world, rows)).toMatchObject({ imported: 0, existing: 1, refused: 2, problems });
  expect((await readAccount(world, 'ada@example.com')).name).toBe('');
});

describe('an account that is there', () => {
  test('is left as it is, as is one whose owner has another address since', async () => {
    const world = await createWorld();
    await world.visitor().register('ada@example.com');
    const id = '0190a6b8-1f6b-4d21-9a34-6c8f3b2d1e00';
    const rows = [
      { ...ADA, name: 'Stranger', disabled: '1' },
      { email: 'grace@example.com', id },
    ];
    expect(await run(world, rows)).toMatchObject({ imported: 1, existing: 1, problems: [] });
    await alterAccount(world, 'grace@example.com', { email: 'hopper@example.com' });
    const before = await world.app.deps.db.selectFrom('accounts').selectAll().execute();
    expect(await run(world, rows)).toMatchObject({ imported: 0, existing: 2, problems: [] });
    expect(await world.app.deps.db.selectFrom('accounts').selectAll().execute()).toEqual(before);
    await world.visitor().signIn('ada@example.com');
    expect(await listEvents(world, 'imported')).toHaveLength(1);
  });

  test('is there under another address too, to which its owner has moved and may still move back from', async () => {
    const world = await createWorld({ env: MAIL_ENV });
    const [person] = some(1, {
      email_verified: 'true',
      password_hash: await world.app.deps.hasher.hash(GOOD_PASSWORD),
    });
    await run(world, some(1, person));
    const owner = world.visitor();
    await owner.signIn('person0@example.com');
    await owner.api.account.changeEmail({ email: 'ada@new.example', password: GOOD_PASSWORD });
    await owner.api.email.confirmChange({ token: tokenFor(world, 'ada@new.example') });
    expect(await run(world, some(1, person))).toMatchObject({ imported: 0, existing: 1, problems: [] });
    expect(await countAccounts(world)).toBe(1);
  });

  test('after an import that broke off is there, and the next one goes on', async () => {
    const world = await createWorld();
    const rows = some(700);
    async function* broken() {
      for await (const row of numbered(rows)) {
        if (row.line === 500) throw new Error('the disk is gone');
        yield row;
      }
    }
    await expect(run(world, broken())).rejects.toThrow('the disk is gone');
    const done = await countAccounts(world);
    expect(done).toBe(400);
    expect(await run(world, rows)).toMatchObject({ imported: 300, existing: 400, problems: [] });
    expect(await listEvents(world, 'imported')).toHaveLength(700);
  });
});

test('each account has its security event, or is not made', async () => {
  const world = await createWorld();
  await run(world, [ADA]);
  const { id } = await readAccount(world, 'ada@example.com');
  expect(await listEvents(world)).toMatchObject([
    { kind: 'imported', account_id: id, session_id: null, ip: '', user_agent: 'npm run users' },
  ]);
  await refuseWrites(world.app.deps.db, 'insert', 'security_events');
  await expect(run(world, some(3))).rejects.toThrow('full');
  expect(await countAccounts(world)).toBe(1);
});

/** A transaction, as either engine is told. */
const BEGINS = /^(begin immediate$|start transaction)/;

test('five thousand rows take twenty-five short transactions, and are read no faster than they are written', async () => {
  const world = await createWorld();
  const statements = watchStatements();
  const count = (pattern: RegExp) => statements.executed.filter((text) => pattern.test(text)).length;
  const begun: number[] = [];
  async function* source() {
    for await (const row of numbered(some(5000))) {
      yield row;
      if ((row.line - 1) % 200 === 0) begun.push(count(BEGINS));
    }
  }
  expect(await run(world, source())).toMatchObject({ imported: 5000 });
  expect(begun).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  expect(count(BEGINS)).toBe(25);
  expect(count(/^insert into "accounts"/)).toBe(5000);
  expect([...new Set(statements.prepared)].filter((text) => text.startsWith('insert'))).toHaveLength(2);
});

test('the costs of what was imported are counted', async () => {
  const world = await createWorld();
  const dear = HASH.replace('$06$', '$14$');
  await run(world, [{ email: 'old@example.com', password_hash: dear }]);
  const rows = [
    { email: 'old@example.com', password_hash: dear },
    { email: 'a@example.com', password_hash: HASH },
    { email: 'b@example.com', password_hash: dear },
    { email: 'c@example.com', password_hash: dear },
    { email: 'd@example.com' },
  ];
  expect((await run(world, rows)).costs).toEqual(
    new Map([
      [6, 1],
      [14, 2],
    ]),
  );
});

test('what is exported makes the same accounts again, and the same export', async () => {
  const world = await createWorld();
  await world.visitor().register('ada@example.com');
  await run(world, some(1200, { password_hash: HASH, email_verified: '1', name: '=1+1,"quoted" é' }));
  await alterAccount(world, 'person7@example.com', {
    disabled_at: 7,
    scope: 'profile:read',
    erase_at: world.clock.now() + 1,
    created_at: -1,
    password_hash: null,
  });
  const write = async ({ app }: World) => {
    let text = '';
    const table = { format: 'csv', columns: ACCOUNT_COLUMNS } as const;
    for await (const piece of formatRows(exportAccounts(app.deps), table)) text += piece;
    return text;
  };
  const other = await createWorld();
  other.clock.advance(1000);
  async function* exported(): AsyncGenerator<Row> {
    for await (const row of exportAccounts(world.app.deps))
      yield { line: 1, values: Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')) };
  }
  expect(await run(other, exported())).toMatchObject({ imported: 1201, problems: [] });
  expect(await write(other)).toBe(await write(world));
  const read = async ({ app }: World) => {
    const rows = await app.deps.db.selectFrom('accounts').selectAll().orderBy('id').execute();
    return rows.map((row) => ({ ...row, updated_at: 0 }));
  };
  expect(await read(other)).toEqual(await read(world));
});
