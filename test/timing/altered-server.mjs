// @ts-check
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** The defence, in the source and in the build: whoever has no account is verified too. */
const DEFENCE = /await deps\.hasher\.verify\(password, account\?\.password_hash \?\? (?:undefined|void 0)\)/g;

/**
 * What a sign-in is without it: a hash is computed for whoever has an account, and for nobody else. Fails when the text
 * that it replaces is not there, or more than once.
 *
 * @param {string} code
 */
export function withoutDummyHash(code) {
  const found = code.match(DEFENCE) ?? [];
  if (found.length !== 1)
    throw new Error(`the call that hashes for unknown accounts was found ${found.length} times, not once`);
  return code.replace(DEFENCE, (call) => `(account ? ${call} : { matches: false, rehash: false })`);
}

/** A copy of the build that has that hole: its main.mjs, which is gone when this process ends. The product has no switch for it. */
export function copyWithoutDummyHash() {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-altered-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  // The build looks for its packages from where it lies.
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const main = join(folder, 'dist/server/main.mjs');
  writeFileSync(main, withoutDummyHash(readFileSync(main, 'utf8')));
  return main;
}
