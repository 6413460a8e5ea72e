import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { createHasher } from '../../server/passwords/hasher.ts';
import openwall from '../data/bcrypt/openwall-crypt_blowfish.json';
import passlib from '../data/bcrypt/passlib-1.7.4.json';
import passlibSha256 from '../data/bcrypt/passlib-bcrypt-sha256.json';
import { outcomeOfCall } from '../support/answers.ts';
import { builtServer } from '../support/built-server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { engine, openUrl } from '../support/database.ts';
import { findBlock } from '../support/page-blocks.ts';
import { databaseUrlIn, launch, startProcess } from '../support/server-process.ts';
import { createWebClient } from '../support/web-client.ts';

const main = builtServer();
const env = { BCRYPT_COST: '6', RATE_LIMIT: 'off' };
const command = async (folder: string, ...words: string[]) =>
  (await launch({ main: join(main(), '../users.mjs'), folder, env, words })).exit;

/** Of all published ones those whose key is a text that can be sent, and may be. See stored-hash.test.ts for the rest. */
const plain = [...openwall.vectors, ...passlib.vectors]
  .filter(({ expect, keyIsUtf8, keyLen, hash }) => {
    return expect === 'match' && keyIsUtf8 && keyLen > 0 && !hash.startsWith('$2x$');
  })
  .map(({ hash, keyHex }) => ({ hash, password: Buffer.from(keyHex, 'hex').toString('utf8') }));
const prehashed = passlibSha256.vectors.filter(
  ({ password }) => password !== '' && password.normalize('NFKC') === password,
);

async function readHashes(folder: string): Promise<Map<string, string | null>> {
  const db = await openUrl(await databaseUrlIn(folder));
  onTestFinished(() => db.destroy());
  const rows = await db.selectFrom('accounts').select(['email', 'password_hash']).execute();
  return new Map(rows.map(({ email, password_hash }) => [email, password_hash]));
}

test('published hashes of other systems open for their passwords, once and again, and are replaced meanwhile', async () => {
  const hasher = createHasher({ cost: 4 });
  onTestFinished(() => hasher.close());
  const withNul = { password: 'before\0after', hash: await hasher.hash('before\0after') };
  const people = [...plain, ...prehashed, withNul].map((vector, index) => ({
    ...vector,
    email: `person${index}@example.com`,
  }));
  const forms = new Set(people.map(({ hash }) => /^\$(2[aby]|bcrypt-sha256\$(2[ab]|v=2))/.exec(hash)?.[1]));
  expect(forms).toEqual(new Set(['2a', '2b', '2y', 'bcrypt-sha256$2b', 'bcrypt-sha256$v=2']));
  expect(people.filter(({ password }) => Buffer.byteLength(password) > 72).length).toBeGreaterThan(4);

  const folder = temporaryFolder();
  const { base } = await startProcess({ main: main(), folder, env });
  const rows = people.map(({ email, hash }) => `"${hash}",${email}\n`);
  writeFileSync(join(folder, 'old.csv'), `password_hash,email\n${rows.join('')}`);
  const { code, stdout, stderr } = await command(folder, 'import', 'old.csv');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `imported: ${people.length}; already there: 0; refused: 0\n`,
  });
  expect(stderr).toBe(
    '4 of the imported hashes cost more than BCRYPT_COST=6, up to 10: as long as they are there, the time of an answer shows that these accounts are too; BCRYPT_COST=10 hides that\n',
  );

  for (const { email, password } of people) {
    const visitor = createWebClient(base);
    const wrong = await visitor.mutate('auth.login', { email, password: `x${password}` });
    expect(await outcomeOfCall(wrong)).toBe('invalid_credentials');
    await visitor.signIn(email, password);
    await visitor.signIn(email, password);
  }
  for (const hash of (await readHashes(folder)).values())
    expect(hash).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=6\$/);
}, 120_000);

const HASH = '$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe';

test('bad rows are said with their line and without their values, the rest is imported, and once only', async () => {
  const folder = temporaryFolder();
  const table = [
    'email,name,password_hash',
    `ada@example.com,"Lovelace, Ada",${HASH}`,
    `bob@example.com,Bob,${HASH}x`,
    `bob,Bob,${HASH}`,
    `bob@example.com,5" Bob,${HASH}`,
    `Ada@example.com,Ada,${HASH}`,
    'grace@example.com,,',
  ];
  writeFileSync(join(folder, 'old.csv'), table.join('\r\n'));
  const refusals = [
    'line 3: password_hash: neither bcrypt ($2a$, $2b$, $2y$) nor Passlib’s bcrypt-sha256, of a cost from 4 to 16',
    'line 4: email: Enter an e-mail address, like name@example.com.',
    'line 5: a quote where none may be (RFC 4180)',
    'line 6: email: in an earlier line too, which is the one that counts',
    '',
  ].join('\n');
  const first = await command(folder, 'import', 'old.csv');
  expect(first).toMatchObject({ code: 1, stdout: 'imported: 2; already there: 0; refused: 4\n' });
  if (engine === 'sqlite') expect(first.stderr).toMatch(/^There was no database yet: made /);
  expect(first.stderr.endsWith(refusals)).toBe(true);
  const before = await readHashes(folder);
  expect(before).toEqual(
    new Map([
      ['ada@example.com', HASH],
      ['grace@example.com', null],
    ]),
  );
  expect(await command(folder, 'import', 'old.csv')).toMatchObject({
    code: 1,
    stdout: 'imported: 0; already there: 2; refused: 4\n',
    stderr: refusals,
  });
  expect(await readHashes(folder)).toEqual(before);
}, 60_000);

test('an export is for its owner alone, goes over nothing, and comes out of the import of it as it was', async () => {
  const folder = temporaryFolder();
  const rows = [
    { email: 'ada@example.com', name: '=1+1, "quoted" é', password_hash: HASH, email_verified: true },
    { email: 'grace@example.com', name: '@grace', disabled: true, created_at: '1999-12-31' },
  ];
  const input = rows.map((row) => JSON.stringify(row)).join('\n');
  const words = [join(main(), '../users.mjs'), 'import', '-', '--format', 'jsonl'];
  const piped = spawnSync(process.execPath, words, {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { NODE_ENV: 'test', DATABASE_URL: await databaseUrlIn(folder), ...env },
  });
  expect(piped.stdout).toBe('imported: 2; already there: 0; refused: 0\n');

  const exported = await command(folder, 'export', 'all.csv');
  expect(exported).toMatchObject({ code: 0, stderr: '' });
  expect(statSync(join(folder, 'all.csv')).mode & 0o777).toBe(0o600);
  const content = readFileSync(join(folder, 'all.csv'), 'utf8');
  expect(content.split('\n')).toHaveLength(4);
  expect(content).toContain(`,"=1+1, ""quoted"" é",${HASH},,,`);

  for (const format of ['csv', 'jsonl']) {
    const other = temporaryFolder();
    const { stdout: text } = await command(folder, 'export', '-', '--format', format);
    if (format === 'csv') expect(text).toBe(content);
    writeFileSync(join(other, `all.${format}`), text);
    expect(await command(other, 'import', `all.${format}`)).toMatchObject({
      code: 0,
      stdout: 'imported: 2; already there: 0; refused: 0\n',
    });
    expect(await command(other, 'export', '-', '--format', format)).toMatchObject({
      stdout: text,
      stderr: '',
    });
  }

  writeFileSync(join(folder, 'mine.csv'), 'mine');
  const refused = await command(folder, 'export', 'mine.csv');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/^EEXIST: .*mine\.csv'\n$/);
  expect(readFileSync(join(folder, 'mine.csv'), 'utf8')).toBe('mine');
}, 120_000);

test('an export that fails leaves nothing that would pass for one', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'bad.db'), 'no database '.repeat(100));
  const words = ['export', 'all.csv'];
  const options = {
    main: join(main(), '../users.mjs'),
    folder,
    words,
    env: { DATABASE_URL: 'sqlite:bad.db' },
  };
  expect(await (await launch(options)).exit).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^DATABASE_URL: the database cannot be used/),
  });
  expect(existsSync(join(folder, 'all.csv'))).toBe(false);
});

test('what it cannot read it says in a line, with a code, and makes nothing', async () => {
  const folder = temporaryFolder();
  for (const words of [
    ['import'],
    ['export'],
    ['import', 'old.txt'],
    ['import', 'csv'],
    ['import', '-'],
    ['import', 'a.csv', 'b.csv'],
    ['import', 'a.csv', '--format', 'xml'],
    ['import', 'a.csv', '--all'],
    ['export', '--format', 'csv'],
  ])
    expect(await command(folder, ...words), words.join(' ')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Usage: npm run users/),
    });
  const missing = await command(folder, 'import', 'missing.csv');
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toMatch(/^ENOENT: .*missing\.csv'\n$/);
  expect(existsSync(join(folder, 'data'))).toBe(false);
  expect(await command(folder, 'import', '.', '--format', 'csv')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('EISDIR'),
  });
}, 60_000);

/** What another system left, for those lines of the page whose tool may be at hand. */
const LINES: { tool: string; line: string; table: string; leave: (folder: string) => void }[] = [
  {
    tool: 'sqlite3',
    line: 'sqlite3 -csv -header old.db',
    table: 'users.csv',
    leave(folder) {
      const old = new Database(join(folder, 'old.db'));
      old.exec('create table users (email, hashed_password, full_name, is_active)');
      const insert = old.prepare('insert into users values (?, ?, ?, ?)');
      insert.run('ada@example.com', HASH, 'Ada, "L"', 1);
      insert.run('bob@example.com', null, null, 0);
      old.close();
    },
  },
  {
    tool: 'jq',
    line: 'jq -c',
    table: 'users.jsonl',
    leave(folder) {
      const people = [
        { _id: { $oid: '5d' }, email_verified: true, email: 'ada@example.com', passwordHash: HASH },
        { _id: { $oid: '5e' }, email_verified: false, email: 'bob@example.com' },
      ];
      writeFileSync(join(folder, 'export.json'), people.map((person) => JSON.stringify(person)).join('\n'));
    },
  },
];

for (const { tool, line, table, leave } of LINES)
  test.skipIf(spawnSync(tool, ['--version']).status !== 0)(
    `the line for ${tool} in docs/MIGRATING.md makes a table that is imported whole`,
    async () => {
      const folder = temporaryFolder();
      leave(folder);
      const script = `${line} ${findBlock('docs/MIGRATING.md', line)}`;
      const { stderr } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(await command(folder, 'import', table)).toMatchObject({
        code: 0,
        stdout: 'imported: 2; already there: 0; refused: 0\n',
      });
      expect((await readHashes(folder)).get('ada@example.com')).toBe(HASH);
    },
  );
