// @ts-check
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';

/**
 * A connection of its own each time: what it has counted is told to all when it goes.
 *
 * @template T
 * @param {string} url  @param {(client: pg.Client) => Promise<T>} work
 */
export async function connected(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('set synchronous_commit = off');
    return await work(client);
  } finally {
    await client.end();
  }
}

/** @param {string} url  @param {string} sql  @param {unknown[]} [values]  @returns {Promise<any[]>} boundary: rows of whatever columns the statement names */
export async function ask(url, sql, values = []) {
  return connected(url, async (client) => (await client.query(sql, values)).rows);
}

/** The process whose children serve the connections; undefined where the system does not show it. @param {{ url: string } | undefined} shard */
export async function backendsOf(shard) {
  return connected(shard?.url ?? '', async (client) => {
    const { rows } = await client.query('select pg_backend_pid() as pid');
    try {
      return Number(readStat(Number(rows[0].pid))[1]);
    } catch {
      return undefined;
    }
  });
}

const readStat = (/** @type {number | string} */ pid) =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');

/** Microseconds; a tick of Linux is 10 ms. Not a number where there is no way to know. @param {number | undefined} parent */
export function cpuOf(parent) {
  if (parent === undefined) return Number.NaN;
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readStat(pid);
      if (Number(stat[1]) === parent) ticks += Number(stat[11]) + Number(stat[12]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return ticks * 10_000;
}

/** All begin with it, so that what a run leaves behind goes with the next one. */
const PREFIX = 'simulated_';

/** An empty one, on a server that may be somebody's. @param {string} server  @param {string} name  @returns {Promise<string>} its URL */
export async function makeDatabase(server, name) {
  if (!name.startsWith(PREFIX)) throw new Error(`${name} would stay for ever`);
  await ask(server, `drop database if exists ${name}`);
  await ask(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}

/** @param {string} server */
export async function dropDatabases(server) {
  const rows = await ask(server, 'select datname from pg_database where starts_with(datname, $1)', [PREFIX]);
  for (const { datname } of rows) await ask(server, `drop database ${datname}`);
}
