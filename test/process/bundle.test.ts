import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { builtServer } from '../support/built-server.ts';
import { PROJECT_ROOT } from '../support/project-copy.ts';

const main = builtServer();

/** Asked for by Fastify's code, for schemas that no route of ours has: server/http/schema-compilers.ts gives it others. */
const NEVER_ASKED = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'];

const ASKS =
  /(?:^import (?:.* from )?|^export .* from |\bimport\(|\b__require\()["']((?:@[\w-]+\/)?[\w:-]+)[\w./-]*["']/gm;
const IS_COMMENT = /^\s*(?:\*|\/\/|\/\*)/;

/** Packages that the files of a folder import or require, by name. */
function packagesAskedBy(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const lines = files
    .filter((name) => /\.m?js$/.test(name))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  const code = lines.filter((line) => !IS_COMMENT.test(line)).join('\n');
  const names = new Set([...code.matchAll(ASKS)].map(([, name = '']) => name));
  return [...names].filter((name) => !name.startsWith('node:') && !builtinModules.includes(name)).toSorted();
}

test('what the built server looks for in node_modules is what package.json names, so that it finds that very version', () => {
  const { dependencies } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const asked = packagesAskedBy(dirname(main()));
  expect(asked).toEqual(expect.arrayContaining(['better-sqlite3', 'pg', 'pino', 'piscina']));
  expect(asked.filter((name) => !(name in dependencies) && !NEVER_ASKED.includes(name))).toEqual([]);
});
