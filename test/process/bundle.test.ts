import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { builtServer } from '../support/built-server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { PROJECT_ROOT } from '../support/project-copy.ts';
import { startProcess } from '../support/server-process.ts';
import { createWebClient } from '../support/web-client.ts';

const main = builtServer();

/** Asked for by Fastify's code, for schemas that no route of ours has: server/http/schema-compilers.ts gives it others. */
const NEVER_ASKED = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'];

/** What vite.config.ts leaves outside. */
const OUTSIDE = [
  '@opentelemetry/api',
  '@zxcvbn-ts/core',
  '@zxcvbn-ts/language-common',
  '@zxcvbn-ts/language-en',
  'better-sqlite3',
  'nodemailer',
  'pg',
  'pino',
  'pino-pretty',
  'piscina',
  'prom-client',
];

/** Writes which packages the process has loaded out of `node_modules` when it ends. */
const TELL_LOADED = `
  const { isMainThread } = require('node:worker_threads');
  const { writeFileSync } = require('node:fs');
  if (isMainThread)
    process.on('exit', () => writeFileSync(process.env.LOADED, Object.keys(require.cache).join('\\n')));
`;

const PACKAGE = '((?:@[\\w.-]+\\/)?[\\w.:-]+)[\\w./-]*';
const ASKS = new RegExp(`^(?:import|export) (?:.* from )?"${PACKAGE}"|\\bimport\\("${PACKAGE}"`, 'gm');
const REQUIRES = new RegExp(`\\b__require\\("${PACKAGE}"\\)`, 'g');
const IS_COMMENT = /^\s*(?:\*|\/\/|\/\*)/;

function isPackage(name: string): boolean {
  return !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name);
}

/** The code that was built: each part under the file that it came from, without the other comments. */
function builtParts(): { file: string; code: string }[] {
  const folder = dirname(main());
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?js$/.test(name))
    .flatMap((name) => {
      const text = `${name}\n${readFileSync(join(folder, name), 'utf8')}`;
      return text.split(/^\/\/(?:#region)? (?=\S+\.[cm]?[jt]s$)/m);
    })
    .map((part) => {
      const [file = '', ...lines] = part.split('\n');
      return { file, code: lines.filter((line) => !IS_COMMENT.test(line)).join('\n') };
    });
}

test('what the built server looks for in node_modules is what was left outside, and package.json names it', () => {
  const { dependencies } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const asked = builtParts().flatMap(({ code }) =>
    [...code.matchAll(ASKS), ...code.matchAll(REQUIRES)].map(([, one, other]) => one ?? other ?? ''),
  );
  const names = [...new Set(asked)].filter(isPackage).toSorted();
  expect(names).toEqual([...NEVER_ASKED, ...OUTSIDE].toSorted());
  expect(OUTSIDE.filter((name) => !(name in dependencies))).toEqual([]);
});

test('a package in the bundle that asks for one outside gets the version that it has among the packages', () => {
  const ours = createRequire(join(PROJECT_ROOT, 'package.json'));
  const asking = builtParts().flatMap(({ file, code }) => {
    const names = [...code.matchAll(REQUIRES)].map(([, name = '']) => name).filter(isPackage);
    return names.map((name) => ({ file: file.replace(/^.*?(?=node_modules)/, ''), name }));
  });
  expect(asking).toContainEqual({ file: 'node_modules/fastify/lib/logger-pino.js', name: 'pino' });
  for (const { file, name } of asking)
    expect([name, createRequire(join(PROJECT_ROOT, file)).resolve(name)]).toEqual([name, ours.resolve(name)]);
});

test('nothing in the bundle looks for files beside its own, where they are not', () => {
  for (const { file, code } of builtParts())
    expect([file, /\b__(?:dir|file)name\b/.exec(code)?.[0]]).toEqual([file, undefined]);
});

test('a server that nobody has asked for more loads no package but those that it needs at once', async () => {
  const folder = temporaryFolder();
  const [tell, loaded] = [join(folder, 'tell.cjs'), join(folder, 'loaded.txt')];
  writeFileSync(tell, TELL_LOADED);
  const env = { NODE_OPTIONS: `--require ${tell}`, LOADED: loaded };
  const { base, child, exit } = await startProcess({ main: main(), folder, env });
  expect((await createWebClient(base).register()).user.email).toBe('ada@example.com');
  child.kill('SIGTERM');
  expect(await exit).toMatchObject({ code: 0, stderr: '' });
  const files = readFileSync(loaded, 'utf8').split('\n');
  const packages = new Set(files.map((file) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]));
  expect([...NEVER_ASKED, ...OUTSIDE].filter((name) => packages.has(name))).toEqual([
    'better-sqlite3',
    'pino',
    'piscina',
  ]);
  expect(packages).not.toContain('ajv');
});
