import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../server/app.ts';
import { parseConfig } from '../../server/config.ts';
import { registerClient } from '../../server/flows/manage-clients.ts';
import { temporaryFolder } from '../support/folder.ts';
import { findBlock } from '../support/page-blocks.ts';
import { copyProject, PROJECT_ROOT } from '../support/project-copy.ts';
import { SECRET } from '../support/secret.ts';
import { createWebClient } from '../support/web-client.ts';

const run = promisify(execFile);

/** Runs one of the project's own tools; everything that it prints is in the failure when it is not content. */
async function runTool(cwd: string, tool: string, ...words: string[]): Promise<void> {
  const script = join(PROJECT_ROOT, 'node_modules', tool);
  const options = { cwd, env: { ...process.env, NO_COLOR: '1' } };
  const outcome = await run(process.execPath, [script, ...words], options).then(
    () => 'content',
    ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}${stderr}`,
  );
  expect(outcome).toBe('content');
}

/** A copy of the project in which the README's five minutes have been spent. */
function followReadme(): string {
  const copy = copyProject();
  for (const file of [
    'server/trpc/greeting-router.ts',
    'client/features/greeting/greeting-screen.tsx',
    'test/server/trpc/greeting.test.ts',
  ]) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    writeFileSync(join(copy, file), `${findBlock('README.md', `// ${file}\n`)}\n`);
  }
  const block = (place: string) => findBlock('README.md', `// ${place}\n`);
  edit(join(copy, 'server/trpc/router.ts'), [
    [
      'import { createCallerFactory',
      `${block('server/trpc/router.ts, import')}\nimport { createCallerFactory`,
    ],
    ['router({', `router({\n  ${block('server/trpc/router.ts, in appRouter')}`],
  ]);
  const mounted = block('client/router.tsx, in createAppRouter').replace(/;$/, '');
  edit(join(copy, 'client/router.tsx'), [
    ['import { NotFoundScreen', `${block('client/router.tsx, import')}\nimport { NotFoundScreen`],
    [
      'export function createAppRouter',
      `${block('client/router.tsx, above createAppRouter')}\n\nexport function createAppRouter`,
    ],
    ['area.addChildren([profile, sessions, password, activity, email, deletion])', mounted],
  ]);
  return copy;
}

/** Each of the replaced texts must be there, or the page describes a file that has changed. */
function edit(file: string, replacements: [string, string][]): void {
  let text = readFileSync(file, 'utf8');
  for (const [before, after] of replacements) {
    expect(text).toContain(before);
    text = text.replace(before, () => after);
  }
  writeFileSync(file, text);
}

describe('the README', () => {
  test('leads to a protected procedure and its screen that pass every check, and whose test passes', async () => {
    const cwd = followReadme();
    // Types into a folder of its own: node_modules is the project's, through a link.
    for (const name of ['shared', 'server', 'client', 'test'])
      edit(join(cwd, name, 'tsconfig.json'), [['../node_modules/.cache/types', '../types']]);
    const edited = [
      'server/trpc',
      'client/features/greeting',
      'client/router.tsx',
      'test/server/trpc/greeting.test.ts',
    ];
    await runTool(cwd, 'prettier/bin/prettier.cjs', '--list-different', ...edited);
    await runTool(cwd, 'oxlint/bin/oxlint', '--type-aware', '--deny-warnings', ...edited);
    await runTool(cwd, 'typescript/bin/tsc', '-b');
    await runTool(cwd, 'knip/bin/knip.js');
    await runTool(cwd, 'vitest/vitest.mjs', 'run', 'test/server/trpc/greeting.test.ts');
  }, 120_000);

  test('names every variable of the configuration, as does the example file', () => {
    const readme = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8');
    const schema = readFileSync(join(PROJECT_ROOT, 'server/config.ts'), 'utf8');
    const names = [...schema.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(10);
    const own = names.filter((name) => name !== 'NODE_ENV');
    expect(own.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
    const example = readFileSync(join(PROJECT_ROOT, '.env.example'), 'utf8');
    expect(own.filter((name) => !example.includes(`#${name}=`))).toEqual([]);
  });
});

describe.each([
  { page: 'docs/SESSIONS.md', leastNames: 50, leastFiles: 30 },
  { page: 'docs/STANDARDS.md', leastNames: 60, leastFiles: 50 },
])('$page', ({ page, leastNames, leastFiles }) => {
  test('names tests and files that are there', () => {
    const rows = readFileSync(join(PROJECT_ROOT, page), 'utf8').match(/^\|.*\|$/gm) ?? [];
    const sources = readdirSync(join(PROJECT_ROOT, 'test'), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(test|spec)\.ts$/.test(name))
      .map((name) => readFileSync(join(PROJECT_ROOT, 'test', name), 'utf8'))
      .join('\n');
    // A name may leave out what stands for each case of a table.
    const names = rows.flatMap((row) =>
      [...row.matchAll(/(?<![\w`])_([^_]+)_/g)].map(([, name = '']) => name),
    );
    const parts = names.flatMap((name) => name.split('…').map((part) => part.trim())).filter(Boolean);
    expect(parts.length).toBeGreaterThan(leastNames);
    expect(parts.filter((part) => !sources.includes(part))).toEqual([]);

    const files = rows.flatMap((row) => [...row.matchAll(/`([a-z/-]+\.ts)`/g)].map(([, file = '']) => file));
    const places = ['', 'server', 'test/races'].map((folder) => join(PROJECT_ROOT, folder));
    expect(files.length).toBeGreaterThan(leastFiles);
    expect(files.filter((file) => !places.some((place) => existsSync(join(place, file))))).toEqual([]);
  });
});

const hasCurl = (() => {
  try {
    execFileSync('curl', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** A server as people start it, with the real clock. */
async function serve() {
  const config = parseConfig({
    NODE_ENV: 'test',
    DATA_DIR: temporaryFolder(),
    AUTH_SECRET: SECRET,
    BCRYPT_COST: '4',
    LOG_LEVEL: 'silent',
  });
  const app = await createApp(config);
  onTestFinished(() => app.close());
  return { app, address: await app.http.listen({ port: 0, host: '127.0.0.1' }) };
}

/** What the lines of a page print: one JSON text after the other. */
async function runLines(firstLine: string, address: string, variables = ''): Promise<unknown[]> {
  const script = findBlock('docs/API.md', firstLine);
  const lines = `${variables}ORIGIN=${address}\n${script}`;
  const { stdout } = await run('sh', ['-e', '-c', lines], { cwd: temporaryFolder() });
  return stdout.split(/(?<=\})(?=\{)/).map((text): unknown => JSON.parse(text));
}

describe('docs/API.md', () => {
  // The project needs Node only; the lines are for whoever has curl.
  test.skipIf(!hasCurl)('shows a journey with curl that works as it stands', async () => {
    const { address } = await serve();
    const answers = await runLines(
      `ORIGIN=http://localhost:3000\nJSON='Content-Type: application/json'\n`,
      address,
      `JSON='Content-Type: application/json'\n`,
    );
    expect(answers).toMatchObject([
      { result: { data: { user: { email: 'ada@example.com', name: 'Ada' } } } },
      { result: { data: { email: 'ada@example.com' } } },
      { result: { data: { tokenType: 'Bearer' } } },
      { result: { data: { ok: true } } },
      { error: { data: { reason: 'session_revoked' } } },
    ]);
  });

  test.skipIf(!hasCurl)('shows what a client does with curl, as it stands', async () => {
    const { app, address } = await serve();
    const person = { email: 'ada@example.com', password: 'a lantern for the long night' };
    await createWebClient(address).mutate('auth.register', person);
    const { client, secret } = await registerClient(app.deps, {
      name: 'Mail server',
      confidential: true,
      grants: ['password', 'refresh_token'],
      ceiling: ['profile:read'],
    });
    const variables = `CLIENT_ID=${client.id}\nCLIENT_SECRET=${secret}\n`;
    const answers = await runLines(
      'ORIGIN=http://localhost:3000\n\n# $CLIENT_ID and $CLIENT_SECRET are what the command above printed.\n',
      address,
      variables,
    );
    expect(answers).toEqual([
      expect.objectContaining({ email: 'ada@example.com' }),
      expect.objectContaining({ active: true, client_id: client.id, scope: 'profile:read' }),
      {},
      { active: false },
    ]);
  });
});
