import { cpSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { temporaryFolder } from './folder.ts';

export const PROJECT_ROOT = resolve(import.meta.dirname, '../..');

const FILES = [
  'server',
  'client',
  'shared',
  'test',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
  'vite.config.ts',
  'knip.json',
  '.oxlintrc.json',
  '.prettierrc.json',
  '.prettierignore',
  '.gitignore',
];

/** The project's sources in a folder of their own, to be edited there; its packages through a link. */
export function copyProject(): string {
  const copy = temporaryFolder();
  for (const name of FILES) cpSync(join(PROJECT_ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}
