// @ts-check
import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { peerVersions } from './peers.mjs';
import { canPin, makeFolder } from './servers.mjs';
import { median } from './statistics.mjs';

const COMMITS = 200;
const PAGE = 4096;

/** What the figures were measured on. `memory` is bytes; `commit` milliseconds, of one page to the disk. */
export function describeMachine() {
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown processor',
    cores: cpus().length,
    memory: totalmem(),
    os: `${type()} ${release().split('-')[0]}`,
    node: process.versions.node,
    pinned: canPin(),
    commit: measureCommit(),
  };
}

/** What each refresh waits for at least, at `synchronous=FULL`. */
function measureCommit() {
  const folder = makeFolder();
  const file = openSync(join(folder, 'commits'), 'w');
  const page = Buffer.alloc(PAGE, 1);
  const times = Array.from({ length: COMMITS }, () => {
    const start = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return median(times);
}

/** @returns {Record<string, string>} */
export function describeVersions() {
  const database = new Database(':memory:');
  const sqlite = String(database.prepare('select sqlite_version()').pluck().get());
  database.close();
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  const own = ['fastify', '@trpc/server', 'better-sqlite3', 'bcryptjs'].map((name) => [
    name,
    dependencies[name],
  ]);
  return { SQLite: sqlite, ...Object.fromEntries(own), ...peerVersions() };
}
