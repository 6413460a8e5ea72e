// @ts-check
// `npm run test:node24`: the unit suite under Node 24, whatever Node runs this; with `-- --all` the browser tests too,
// with `-- FILE…` those test files alone. Node 24 comes from the package in which npm has its binary, into `.node24`,
// beside a copy of the project with packages of its own: what is compiled fits one version of Node only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const VERSION = '24.21.0';

/** Of the same binary interface. What better-sqlite3 makes of newer ones ends the process: see server/db/binding.ts. */
const HEADERS_VERSION = '24.18.0';

const root = join(import.meta.dirname, '../..');
const home = join(root, '.node24');
const project = join(home, 'project');
const system = process.platform === 'win32' ? 'win' : process.platform;
const name = `node-${system}-${process.arch}`;
const runtime = join(home, 'runtime/node_modules', name);
const headers = join(home, 'headers/node_modules', name);
const node = join(runtime, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const npm = process.env['npm_execpath'];

/** Neither what is built or gathered here, nor what an operator of this folder has told it. */
const LEFT_OUT = new Set(['.node24', '.git', 'node_modules', 'dist', 'data', 'test-results', '.env']);

const environment = {
  ...process.env,
  // First, so that whatever a script or a test calls node is this one.
  PATH: [join(runtime, 'bin'), process.env['PATH']].join(delimiter),
  // The packages have headers too: whatever is compiled must not take those of the machine's own Node.
  npm_config_nodedir: headers,
};

/** @param {string} program  @param {string[]} words  @param {import('node:child_process').SpawnSyncOptions} options */
function run(program, words, options) {
  const { status, error } = spawnSync(program, words, { stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** @param {string} npmScript  @param {{ folder: string, version: string }} wanted */
function fetchNode(npmScript, { folder, version }) {
  const prefix = join(home, folder);
  const manifest = join(prefix, 'node_modules', name, 'package.json');
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version) return;
  mkdirSync(prefix, { recursive: true });
  const flags = ['--prefix', prefix, '--no-save', '--no-package-lock', '--ignore-scripts'];
  run(process.execPath, [npmScript, 'install', ...flags, `${name}@${version}`], { cwd: prefix });
}

/** What is about to be shown is shown for this version, and for no other that a mistake has brought. */
function requireVersion() {
  const found = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim();
  if (found !== `v${VERSION}`) throw new Error(`${name}@${VERSION} is ${found ?? 'nothing that runs'}`);
}

/** The sources as they are now; packages stay as long as they are the ones of the lock file. */
function copyProject() {
  mkdirSync(project, { recursive: true });
  for (const name of readdirSync(project))
    if (name !== 'node_modules') rmSync(join(project, name), { recursive: true });
  for (const name of readdirSync(root).filter((entry) => !LEFT_OUT.has(entry)))
    cpSync(join(root, name), join(project, name), { recursive: true });
}

/** @param {string} npmScript */
function installPackages(npmScript) {
  const lock = readFileSync(join(project, 'package-lock.json'));
  const wanted = `${VERSION} ${HEADERS_VERSION} ${createHash('sha256').update(lock).digest('hex')}`;
  const stamp = join(project, 'node_modules/.installed-for');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  run(node, [npmScript, 'ci'], { cwd: project, env: environment });
  writeFileSync(stamp, wanted);
}

if (npm === undefined) throw new Error('Run it with npm, which it needs: npm run test:node24');
const words = process.argv.slice(2);
fetchNode(npm, { folder: 'runtime', version: VERSION });
fetchNode(npm, { folder: 'headers', version: HEADERS_VERSION });
requireVersion();
copyProject();
installPackages(npm);
process.stdout.write(`Node ${VERSION}, ${process.platform} ${process.arch}\n`);
const files = words.filter((word) => word !== '--all');
run(node, [npm, 'run', 'test:unit', '--', ...files], { cwd: project, env: environment });
if (words.includes('--all'))
  // What the browser tests start is the build; with named files nothing else may have made it.
  for (const script of ['build', 'test:e2e'])
    run(node, [npm, 'run', script], { cwd: project, env: environment });
