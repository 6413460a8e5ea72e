import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseConfig } from '../../server/config.ts';
import {
  execForm,
  imageEnvironment,
  lastStage,
  readCopy,
  readDockerfile,
  soleInstruction,
} from '../support/dockerfile.ts';
import { temporaryFolder } from '../support/folder.ts';
import { PROJECT_ROOT } from '../support/project-copy.ts';
import { SECRET } from '../support/secret.ts';

const read = (file: string) => readFileSync(join(PROJECT_ROOT, file), 'utf8');

const variables = [...read('server/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name);
const drainSeconds = Number(/DRAIN_LIMIT = (\d+)/.exec(read('server/main.ts'))?.[1]) / 1000;

const composition = z.object({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      build: z.string().optional(),
      environment: z.record(z.string(), z.coerce.string()).default({}),
      ports: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
      networks: z.object({ default: z.object({ ipv4_address: z.string() }) }).optional(),
      stop_grace_period: z.string().optional(),
      read_only: z.boolean().optional(),
      tmpfs: z.array(z.string()).default([]),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

const { services, volumes } = composition.parse(parse(read('compose.yaml'), { merge: true }));
const ours = Object.entries(services).filter(([, { build }]) => build === '.');
const addressOf = (name: string) => services[name]?.networks?.default.ipv4_address;

/** As Compose does: `${NAME:-default}`, `${NAME:?why it is needed}`. */
function interpolate(text: string, given: Record<string, string>): string {
  return text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string, rest: string) => {
    const value = given[name] ?? (kind === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`compose.yaml: ${name} is not given`);
    return value;
  });
}

describe('the image', () => {
  const stages = readDockerfile();

  test('is made of one Node, the one that the suite is run under, of a version that the project takes', () => {
    const [base = '', ...others] = new Set(stages.map((stage) => stage.base));
    expect(others).toEqual([]);
    const major = Number(/^node:(\d+)-bookworm-slim$/.exec(base)?.[1]);
    expect(read('test/node24/run.mjs')).toContain(`const VERSION = '${major}.`);
    const { engines } = z
      .object({ engines: z.object({ node: z.string() }) })
      .parse(JSON.parse(read('package.json')));
    expect(major).toBeGreaterThanOrEqual(Number(/^>=(\d+)/.exec(engines.node)?.[1]));
  });

  test('copies what is there, and what .dockerignore lets in, which is no more than that', () => {
    const copied = stages.flatMap(({ instructions }) =>
      instructions
        .filter(({ name }) => name === 'COPY')
        .map(({ rest }) => readCopy(rest))
        .flatMap(({ from, sources }) => (from === undefined ? sources : [])),
    );
    const [first, ...allowed] = read('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(first).toBe('*');
    expect([...new Set(copied)].toSorted()).toEqual(allowed.map((line) => line.slice(1)).toSorted());
    expect(copied.filter((name) => !existsSync(join(PROJECT_ROOT, name)))).toEqual([]);
  });

  test('runs as nobody of importance, from packages that production needs, without a shell in between', () => {
    const stage = lastStage();
    expect(soleInstruction(stage, 'USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(execForm(soleInstruction(stage, 'CMD'))[0]).toBe('node');
    expect(execForm(soleInstruction(stage, 'HEALTHCHECK'))[0]).toBe('node');
    const packages = stages.find(({ name }) => name === 'packages');
    expect(packages && soleInstruction(packages, 'RUN')).toBe('npm ci --omit=dev');
    expect(stage.instructions.map(({ rest }) => rest)).toContain(
      '--from=packages /app/node_modules node_modules/',
    );
    const owner = soleInstruction(stage, 'USER').replace(':', ' -g ');
    expect(soleInstruction(stage, 'RUN')).toBe(`install -d -m 0700 -o ${owner} /data`);
  });

  test('says of itself what the configuration says', () => {
    const environment = imageEnvironment();
    expect(Object.keys(environment).filter((name) => !variables.includes(name))).toEqual([]);
    expect(soleInstruction(lastStage(), 'EXPOSE')).toBe(environment['PORT']);
    expect(soleInstruction(lastStage(), 'VOLUME')).toBe(environment['DATA_DIR']);
    const config = parseConfig({ ...environment, DATA_DIR: temporaryFolder(), AUTH_SECRET: SECRET });
    expect(config.host).toBe('0.0.0.0');
  });
});

describe('compose.yaml', () => {
  const given = {
    PUBLIC_URL: 'https://login.example.com',
    AUTH_SECRET: SECRET,
    POSTGRES_PASSWORD: 'f'.repeat(48),
    TLS_DIR: './deploy/tls',
  };

  test('runs two of us, alike, with variables that there are and values that they take', () => {
    expect(ours.map(([name]) => name)).toEqual(['app-1', 'app-2']);
    const [first, second] = ours.map(([, service]) => ({ ...service, networks: undefined }));
    expect(first).toEqual(second);
    const environment = services['app-1']?.environment ?? {};
    expect(Object.keys(environment).filter((name) => !variables.includes(name))).toEqual([]);
    const values = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, interpolate(value, given)]),
    );
    const config = parseConfig({ ...values, DATA_DIR: temporaryFolder() });
    expect(config).toMatchObject({ secure: true, mailPlace: 'sent', rateLimit: true });
    // Beyond the container: nothing is published, and a Prometheus is on the same network.
    expect(config.metrics).toMatchObject({ host: '0.0.0.0' });
    expect(config.database).toMatchObject({
      engine: 'postgres',
      url: `postgres://sallyport:${given.POSTGRES_PASSWORD}@postgres:5432/${services['postgres']?.environment['POSTGRES_DB']}`,
    });
    expect(config.trustProxy).toEqual([addressOf('proxy')]);
  });

  test('needs what the example file names, and nothing else', () => {
    const asked = [...read('compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
    const named = [...read('deploy/compose.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(
      ([, name = '']) => name,
    );
    expect([...new Set(asked)].toSorted()).toEqual(named.toSorted());
    const ignored = read('.gitignore').split('\n');
    expect(ignored).toContain('compose.env');
    expect(ignored).toContain('deploy/tls/');
  });

  test('lets people in through the proxy alone, and the operator to the mail from this machine', () => {
    const published = Object.entries(services).filter(([, { ports }]) => ports.length > 0);
    expect(published.map(([name]) => name)).toEqual(['proxy', 'mailpit']);
    expect(services['mailpit']?.ports).toEqual(['127.0.0.1:8025:8025']);
    const config = read('deploy/nginx.conf');
    const listened = [...config.matchAll(/^ +listen (\d+)/gm)].map(([, port]) => port);
    expect(services['proxy']?.ports.map((port) => port.split(':').at(-1))).toEqual(listened);
    const { PORT } = imageEnvironment();
    const upstream = [...config.matchAll(/^ +server (\S+) /gm)].map(([, server]) => server);
    expect(upstream).toEqual(ours.map(([name]) => `${name}:${PORT}`));
    expect([...read('deploy/Caddyfile').matchAll(/app-\d:\d+/g)].map(([server]) => server)).toEqual(upstream);
  });

  test('gives a stop more time than a drain takes, as does the unit of systemd', () => {
    expect(drainSeconds).toBeGreaterThan(0);
    for (const [, service] of ours)
      expect(Number.parseInt(service.stop_grace_period ?? '')).toBeGreaterThan(drainSeconds);
    const timeout = /^TimeoutStopSec=(\d+)$/m.exec(read('deploy/sallyport.service'))?.[1];
    expect(Number(timeout)).toBeGreaterThan(drainSeconds);
  });

  test('keeps the database and nothing of ours: the processes write into memory only', () => {
    for (const [, service] of ours) {
      expect([service.read_only, service.volumes]).toEqual([true, []]);
      expect(service.tmpfs.map((mount) => mount.split(':')[0])).toContain(imageEnvironment()['DATA_DIR']);
    }
    const kept = Object.keys(volumes);
    expect(kept).toEqual(['postgres']);
    expect(services['postgres']?.volumes).toEqual(['postgres:/var/lib/postgresql/data']);
  });

  test('has no image without a version', () => {
    const images = Object.values(services).filter(({ build }) => build === undefined);
    for (const { image } of images) expect(image).toMatch(/^[\w/]+:v?\d+/);
  });
});
