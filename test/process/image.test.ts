import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import {
  execForm,
  imageEnvironment,
  lastStage,
  readCopy,
  readDockerfile,
  soleInstruction,
  type Stage,
} from '../support/dockerfile.ts';
import { temporaryFolder } from '../support/folder.ts';
import { PROJECT_ROOT } from '../support/project-copy.ts';
import { findFreePort } from '../support/free-port.mjs';
import { createWebClient } from '../support/web-client.ts';

// The Dockerfile, followed step by step in a folder, for want of an engine that would run here: it shows that what is
// copied suffices, that production packages do, that the process needs to write nothing but its volume, and that the
// commands of the image do what they are for. What npm fetches is taken from this project's own packages.

const lockSchema = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })),
});

/** What `npm ci` with these words leaves in a folder. */
function installPackages(folder: string, words: string): void {
  if (words === '--ignore-scripts')
    return symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder, 'node_modules'));
  expect(words).toBe('--omit=dev');
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')));
  for (const [path, { dev }] of Object.entries(packages))
    if (path !== '' && dev !== true && existsSync(join(PROJECT_ROOT, path))) linkPackage(path, folder);
}

/** One package without those within it, as hard links: a link to the folder would find all others beside itself. */
function linkPackage(path: string, folder: string): void {
  const from = join(PROJECT_ROOT, path);
  for (const entry of readdirSync(from, { withFileTypes: true, recursive: true })) {
    const source = join(entry.parentPath, entry.name);
    const inner = source.slice(from.length + 1);
    if (!entry.isFile() || inner.split('/').includes('node_modules')) continue;
    const target = join(folder, path, inner);
    mkdirSync(dirname(target), { recursive: true });
    try {
      linkSync(source, target);
    } catch {
      copyFileSync(source, target); // another file system
    }
  }
}

async function runToEnd(cwd: string, command: string[], env: NodeJS.ProcessEnv, user = {}): Promise<number> {
  const [program = '', ...words] = command;
  const child = spawn(program, words, { cwd, env, stdio: 'ignore', ...user });
  // Boundary: what the event brings.
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? -1;
}

/** Does in `folder`, which stands for the root of the file system, what a stage says. */
async function follow(stage: Stage, folder: string, before: ReadonlyMap<string, string>): Promise<void> {
  const workdir = join(folder, soleInstruction(stage, 'WORKDIR'));
  mkdirSync(workdir, { recursive: true });
  for (const { name, rest } of stage.instructions) {
    if (name === 'COPY') {
      const { from, sources, to } = readCopy(rest);
      const origin = from === undefined ? PROJECT_ROOT : before.get(from);
      for (const source of sources) {
        const isFolder = to !== './';
        cpSync(join(origin ?? '', source), join(workdir, isFolder ? to : source), { recursive: true });
      }
    } else if (name === 'RUN') {
      const [, words] = /^npm ci (.+)$/.exec(rest) ?? [];
      const [, script] = /^npm run (\w+)$/.exec(rest) ?? [];
      const [, data] = /^install -d .* (\/\w+)$/.exec(rest) ?? [];
      if (words !== undefined) installPackages(workdir, words);
      else if (script === 'build')
        expect(await runToEnd(workdir, [process.execPath, 'server/build.mjs'], process.env)).toBe(0);
      else if (data !== undefined) mkdirSync(join(folder, data), { mode: 0o700 });
      else throw new Error(`Dockerfile: do not know how to follow RUN ${rest}`);
    }
  }
}

test(
  'the image has what it needs: it builds, starts as a user who may write its data only, says how it is, and stops',
  { timeout: 240_000 },
  async () => {
    const folders = new Map<string, string>();
    let root = '';
    for (const stage of readDockerfile()) {
      root = temporaryFolder();
      await follow(stage, root, folders);
      if (stage.name !== undefined) folders.set(stage.name, root);
    }
    const environment = imageEnvironment();
    const data = join(root, environment['DATA_DIR'] ?? '');
    chmodSync(root, 0o755);
    // Only root can become another user; whoever runs this otherwise is none who should not write either.
    const [uid = 0, gid = 0] = soleInstruction(lastStage(), 'USER').split(':').map(Number);
    const user = process.getuid?.() === 0 ? { uid, gid } : {};
    if ('uid' in user) chownSync(data, uid, gid);

    const PORT = String(await findFreePort());
    const cwd = join(root, soleInstruction(lastStage(), 'WORKDIR'));
    // Of this machine only where to listen, and a public address that it may have.
    const env = { PATH: process.env['PATH'], ...environment, PORT, HOST: '127.0.0.1', DATA_DIR: data };
    const commandOf = (name: string) => {
      const [program, ...words] = execForm(soleInstruction(lastStage(), name));
      expect(program).toBe('node');
      return [process.execPath, ...words];
    };
    const checkHealth = () => runToEnd(cwd, commandOf('HEALTHCHECK'), env, user);
    expect(await checkHealth()).toBe(1);

    const [program = '', ...words] = commandOf('CMD');
    const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], ...user });
    onTestFinished(() => void child.kill('SIGKILL'));
    const exit = once(child, 'close');
    let output = '';
    await new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          if (output.includes('Sallyport is ready')) resolve();
        });
      void exit.then(() => reject(new Error(output)));
    });
    expect(await checkHealth()).toBe(0);
    const base = `http://127.0.0.1:${PORT}`;
    expect(await (await fetch(base)).text()).toContain('<script type="module"');
    const { user: person } = await createWebClient(base).register();
    expect(person.email).toBe('ada@example.com');
    if ('uid' in user)
      expect(readdirSync(cwd).toSorted()).toEqual(['LICENSE', 'dist', 'node_modules', 'package.json']);

    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect(await checkHealth()).toBe(1);
  },
);
