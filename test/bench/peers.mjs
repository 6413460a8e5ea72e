// @ts-check
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './measure.mjs';

const folder = join(import.meta.dirname, 'peers');
const lock = join(folder, 'package-lock.json');
const installed = join(folder, 'node_modules/.installed-lock.json');

/**
 * Installs what the server is compared with into the bench's own folder, when its lock file has changed or never. No script
 * of theirs is run: all of it is JavaScript, or brings its binaries along.
 */
export function installPeers() {
  const wanted = readFileSync(lock, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return;
  say('installing what the server is compared with, into test/bench/peers/node_modules');
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  // npm is a script of its own on Windows, and only a shell runs it there.
  const shell = process.platform === 'win32';
  execFileSync('npm', words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], shell });
  writeFileSync(installed, wanted);
}

/**
 * What was measured, by name.
 *
 * @returns {Record<string, string>}
 */
export function peerVersions() {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return dependencies;
}
