import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { temporaryFolder } from '../support/folder.ts';

const root = resolve(import.meta.dirname, '../..');

/** Each line, planted at that place of an otherwise empty house, must be refused by the rule. */
const REFUSED: [file: string, code: string, rule: string][] = [
  ['shared/a.ts', "import 'node:fs';", 'no-restricted-imports'],
  ['shared/b.ts', "import 'kysely';", 'no-restricted-imports'],
  ['shared/c.ts', "import '../server/lib/clock.ts';", 'no-restricted-imports'],
  ['shared/d.ts', "import '@zxcvbn-ts/core';", 'no-restricted-imports'],
  ['shared/password-strength.mjs', "import 'zod';", 'no-restricted-imports'],
  ['server/lib/a.ts', "import '../accounts/store.ts';", 'no-restricted-imports'],
  ['server/lib/b.ts', "import '../db/connect.ts';", 'no-restricted-imports'],
  ['server/db/a.ts', "import '../sessions/store.ts';", 'no-restricted-imports'],
  ['server/db/move/a.ts', "import '../../sessions/store.ts';", 'no-restricted-imports'],
  ['server/sessions/a.ts', "import '../accounts/store.ts';", 'no-restricted-imports'],
  ['server/sessions/b.ts', "import '../flows/sign-in.ts';", 'no-restricted-imports'],
  ['server/sessions/c.ts', "import { sql } from 'kysely'; sql``;", 'no-restricted-imports'],
  ['server/passwords/a.ts', "import '../http/server.ts';", 'no-restricted-imports'],
  ['server/passwords/b.ts', "import '../app.ts';", 'no-restricted-imports'],
  ['server/keys/store.ts', "import '../accounts/store.ts';", 'no-restricted-imports'],
  ['server/flows/a.ts', "import '../trpc/init.ts';", 'no-restricted-imports'],
  ['server/flows/b.ts', "import '../http/server.ts';", 'no-restricted-imports'],
  ['server/flows/c.ts', "import { sql } from 'kysely'; sql``;", 'no-restricted-imports'],
  ['server/flows/d.ts', "import '../config.ts';", 'no-restricted-imports'],
  ['server/trpc/a.ts', "import '../http/server.ts';", 'no-restricted-imports'],
  [
    'server/trpc/b.ts',
    "import { findAccount } from '../accounts/store.ts'; findAccount();",
    'no-restricted-imports',
  ],
  ['server/http/a.ts', "import '../app.ts';", 'no-restricted-imports'],
  ['server/http/b.ts', "import '../../client/main.tsx';", 'no-restricted-imports'],
  ['server/http/c.ts', "import '../../test/support/world.ts';", 'no-restricted-imports'],
  [
    'client/a.ts',
    "import { appRouter } from '../server/trpc/router.ts'; appRouter();",
    'no-restricted-imports',
  ],
  ['client/lib/a.ts', "import '../features/sign-in/screen.tsx';", 'no-restricted-imports'],
  ['client/lib/deep/a.ts', "import '../../components/button.tsx';", 'no-restricted-imports'],
  [
    'client/lib/deep/b.ts',
    "import { estimateStrength } from '../../../shared/password-strength.mjs'; estimateStrength();",
    'no-restricted-imports',
  ],
  ['client/components/a.ts', "import '../lib/session.ts';", 'no-restricted-imports'],
  ['client/features/profile/a.ts', "import '../sign-in/screen.tsx';", 'no-restricted-imports'],
  ['server/accounts/cycle-a.ts', "import './cycle-b.ts';", 'import/no-cycle'],
  ['server/accounts/cycle-b.ts', "import './cycle-a.ts';", 'import/no-cycle'],
  ['server/flows/env.ts', 'process.env;', 'node/no-process-env'],
  ['server/flows/now.ts', 'Date.now();', 'no-restricted-properties'],
  ['server/lib/chance.ts', 'Math.random();', 'no-restricted-properties'],
  ['server/flows/any.ts', 'export const value: any = 1;', 'typescript/no-explicit-any'],
];

/** The same gate must let these pass, or it would refuse everything. */
const ALLOWED: [file: string, code: string][] = [
  ['shared/ok.ts', "import { z } from 'zod';\nimport { x } from './other.ts';\nz.string(x);"],
  ['shared/password-strength.mjs', "import { x } from '@zxcvbn-ts/core';\nx();"],
  [
    'client/lib/strength.ts',
    "import type { S } from '../../shared/password-strength.mjs';\nexport type T = S;",
  ],
  ['server/lib/ok.ts', "import { x } from '../../shared/reasons.ts';\nx();"],
  ['server/lib/clock.ts', 'export const now = () => Date.now();'],
  [
    'server/sessions/ok.ts',
    "import { x } from '../lib/clock.ts';\nimport type { Db } from '../db/connect.ts';\nx<Db>();",
  ],
  ['server/sessions/store.ts', "import { sql } from 'kysely';\nsql``;"],
  [
    'server/flows/ok.ts',
    "import type { Transaction } from 'kysely';\nimport { x } from '../accounts/store.ts';\nx<Transaction>();",
  ],
  [
    'server/trpc/ok.ts',
    "import { x } from '../flows/sign-in.ts';\nimport type { Origin } from '../sessions/store.ts';\nx<Origin>();",
  ],
  ['server/http/ok.ts', "import { x } from '../trpc/router.ts';\nx();"],
  ['server/config.ts', 'export const read = () => process.env;'],
  [
    'client/lib/ok.ts',
    "import type { AppRouter } from '../../server/trpc/router.ts';\nexport type A = AppRouter;",
  ],
  [
    'client/features/profile/ok.ts',
    "import { x } from '../../lib/session.ts';\nimport { y } from '../../components/button.tsx';\nx(y);",
  ],
];

const report = z.object({
  diagnostics: z.array(
    z.object({ code: z.string().default(''), filename: z.string(), severity: z.string() }),
  ),
});

/** What the project's own linter, with the project's own configuration, says of these files. */
async function lint(files: [string, string, ...unknown[]][]): Promise<Set<string>> {
  const house = temporaryFolder();
  copyFileSync(join(root, '.oxlintrc.json'), join(house, '.oxlintrc.json'));
  for (const [file, code] of files) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), `${code}\n`);
  }
  const oxlint = join(root, 'node_modules/oxlint/bin/oxlint');
  const output = await promisify(execFile)(process.execPath, [oxlint, '-f', 'json'], { cwd: house }).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout, // it exits 1 when it finds something
  );
  const { diagnostics } = report.parse(JSON.parse(output));
  return new Set(
    diagnostics.map(({ code, filename }) => `${filename} ${code.replace(/^eslint\(|\(/, ' ').trim()}`),
  );
}

test('the linter refuses every import that points the wrong way, and nothing else', async () => {
  const found = [...(await lint(REFUSED))].join('\n');
  for (const [file, , rule] of REFUSED) {
    const name = rule.split('/').at(-1) ?? rule;
    expect(
      found.split('\n').some((line) => line.startsWith(file) && line.includes(name)),
      `${file}: ${rule}\n${found}`,
    ).toBe(true);
  }
  expect([...(await lint(ALLOWED))].filter((line) => /restricted|cycle|process-env/.test(line))).toEqual([]);
});
