// @ts-check
// `node server/passwords/make-blocklist.mjs LIST…` writes blocklist.bin from lists of one password a line. Run by
// hand when the lists change; docs/decisions says which were used. The same lists give the same bytes.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runnerImport } from 'vite';

/** @type {{ module: typeof import('../../shared/password-policy.ts') }} */
const { module } = await runnerImport(join(import.meta.dirname, '../../shared/password-policy.ts'));
const ENTRY_SIZE = 5;

const passwords = process.argv.slice(2).flatMap((file) => readFileSync(file, 'utf8').split(/\r?\n/));
const entries = passwords
  .filter((password) => password !== '')
  .map((password) => createHash('sha256').update(module.comparablePassword(password)).digest())
  .map((digest) => digest.subarray(0, ENTRY_SIZE).toString('hex'));
const sorted = [...new Set(entries)].toSorted();

writeFileSync(join(import.meta.dirname, 'blocklist.bin'), Buffer.from(sorted.join(''), 'hex'));
process.stdout.write(`${sorted.length} passwords\n`);
