import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { builtServer } from '../support/built-server.ts';
import { canRun } from '../support/can-run.ts';
import { startService } from '../support/child-service.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startNginx } from '../support/nginx.ts';
import { PROJECT_ROOT } from '../support/project-copy.ts';
import { SECRET } from '../support/secret.ts';
import { findFreePort } from '../support/free-port.mjs';
import { startProcess } from '../support/server-process.ts';
import { GOOD_PASSWORD } from '../support/world.ts';

// The proxies of deploy/, in front of two real processes on one database. A proxy is no dependency of this project:
// where there is none, its tests are skipped.

interface Place {
  folder: string;
  plainPort: number;
  port: number;
  upstreams: [number, number];
}

interface ProxyKind {
  name: string;
  isHere: boolean;
  start: (place: Place, edits?: [string, string][]) => Promise<void>;
}

/** The file of deploy/ with the addresses of this test. Each of the replaced texts must be there. */
function readEdited(file: string, edits: [string, string][]): string {
  let code = readFileSync(join(PROJECT_ROOT, file), 'utf8');
  for (const [before, after] of edits) {
    expect(code).toContain(before);
    code = code.replaceAll(before, after);
  }
  return code;
}

const upstreamEdits = ({ upstreams }: Place): [string, string][] =>
  upstreams.map((port, index) => [`app-${index + 1}:3000`, `127.0.0.1:${port}`]);

const NGINX: ProxyKind = {
  name: 'deploy/nginx.conf',
  isHere: canRun('nginx', '-v') && canRun('openssl', 'version'),
  start: (place, edits = []) =>
    startNginx(
      place.folder,
      readEdited('deploy/nginx.conf', [
        ...upstreamEdits(place),
        ['listen 80 ', `listen 127.0.0.1:${place.plainPort} `],
        ['listen 443 ', `listen 127.0.0.1:${place.port} `],
        ['/etc/nginx/tls/', `${place.folder}/`],
        ['/var/log/nginx/', `${place.folder}/`],
        ...edits,
      ]),
    ),
};

const CADDY: ProxyKind = {
  name: 'deploy/Caddyfile',
  isHere: canRun('caddy', 'version') && canRun('openssl', 'version'),
  async start(place, edits = []) {
    const { folder, port } = place;
    const site = `https://localhost:${port} {\n\tbind 127.0.0.1\n\ttls ${folder}/fullchain.pem ${folder}/privkey.pem`;
    const code = readEdited('deploy/Caddyfile', [
      ...upstreamEdits(place),
      ['login.example.com {', site],
      ...edits,
    ]);
    writeFileSync(join(folder, 'Caddyfile'), `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${code}`);
    await startService({
      command: 'caddy',
      words: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
      ready: /serving initial configuration/,
      cwd: folder,
      env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    });
  },
};

async function prepare(upstreams: [number, number]): Promise<Place & { ca: string }> {
  const folder = temporaryFolder();
  const words =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout privkey.pem -out fullchain.pem';
  execFileSync('openssl', words.split(' '), { cwd: folder, stdio: 'ignore' });
  const ca = readFileSync(join(folder, 'fullchain.pem'), 'utf8');
  return { folder, plainPort: await findFreePort(), port: await findFreePort(), upstreams, ca };
}

/** One exchange over TLS, verified, to its head. */
async function begin(
  { port, ca }: { port: number; ca: string },
  path: string,
  {
    body,
    headers,
    ...options
  }: Omit<RequestOptions, 'headers'> & { body?: string; headers?: Record<string, string> } = {},
): Promise<IncomingMessage> {
  const outgoing = request({
    host: '127.0.0.1',
    servername: 'localhost',
    port,
    ca,
    path,
    agent: false,
    method: body === undefined ? 'GET' : 'POST',
    ...options,
    headers: {
      Host: `localhost:${port}`,
      ...(body !== undefined && {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
      }),
      ...headers,
    },
  });
  outgoing.end(body);
  // Boundary: what the event brings.
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return answer;
}

async function call(...words: Parameters<typeof begin>) {
  const answer = await begin(...words);
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += String(chunk);
  return { status: answer.statusCode, headers: answer.headers, text };
}

const person = { email: 'ada@example.com', password: GOOD_PASSWORD };
const signedIn = z.object({ result: z.object({ data: z.object({ accessToken: z.string() }) }) });
const bearerOf = (text: string) => ({
  Authorization: `Bearer ${signedIn.parse(JSON.parse(text)).result.data.accessToken}`,
});

/** Counts what arrives and answers, or hangs up on it instead. */
async function startUpstream(behaves: boolean): Promise<{ port: number; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((incoming, response) => {
    incoming.resume().once('end', () => {
      if (incoming.url !== '/readyz') seen.push(`${incoming.method} ${incoming.url}`);
      if (behaves || incoming.url === '/readyz') response.end('{}');
      else incoming.socket.destroy();
    });
  });
  const port = await findFreePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port, seen };
}

const main = builtServer();

describe.each([NGINX, CADDY])('$name', { timeout: 60_000 }, (proxy) => {
  const missing = proxy.isHere ? '' : ', skipped: the proxy or openssl is not here';

  /** Two processes of ours behind the proxy. */
  async function serve() {
    const place = await prepare([await findFreePort(), await findFreePort()]);
    const env = {
      DATA_DIR: place.folder,
      AUTH_SECRET: SECRET,
      PUBLIC_URL: `https://localhost:${place.port}`,
      TRUST_PROXY: '127.0.0.1',
    };
    const servers = [];
    for (const port of place.upstreams)
      servers.push(
        await startProcess({ main: main(), folder: place.folder, env: { ...env, PORT: String(port) } }),
      );
    await proxy.start(place);
    return { place, servers };
  }

  test.skipIf(!proxy.isHere)(
    `people are told apart by where they connect from, whatever they say of it${missing}`,
    async () => {
      const { place } = await serve();
      const headers = {
        'X-Forwarded-For': '203.0.113.9',
        'X-Forwarded-Host': 'elsewhere.example',
        Forwarded: 'for=203.0.113.9;host=elsewhere.example',
      };
      const options = { headers, localAddress: '127.0.0.2', body: JSON.stringify(person) };
      const { text, headers: answered } = await call(place, '/trpc/auth.register', options);
      expect(answered['set-cookie']?.join()).toContain('__Host-sallyport_refresh=');
      expect(answered['strict-transport-security']).toMatch(/^max-age=/);
      const list = await call(place, '/trpc/sessions.list', { headers: bearerOf(text) });
      expect(list.text).toContain('"ip":"127.0.0.2"');
    },
  );

  test.skipIf(!proxy.isHere)(
    `a stream brings each event when it happens, also what the other process did${missing}`,
    async () => {
      const { place } = await serve();
      const { text } = await call(place, '/trpc/auth.register', { body: JSON.stringify(person) });
      const stream = await begin(place, '/trpc/sessions.live', { headers: bearerOf(text) });
      let heard = '';
      const until = async (part: string) => {
        while (!heard.includes(part)) heard += String((await once(stream, 'data'))[0]);
      };
      // While the stream is open: a proxy that buffers would keep it to the end.
      await until('"kind":"notices"');
      const other = await call(place, '/trpc/auth.login', { body: JSON.stringify(person) });
      await call(place, '/trpc/sessions.revokeOthers', { method: 'POST', headers: bearerOf(other.text) });
      await until('"reason":"ended_elsewhere"');
    },
  );

  test.skipIf(!proxy.isHere)(
    `a process that has stopped is noticed by nobody, with Caddy once it has looked${missing}`,
    async () => {
      const { place, servers } = await serve();
      await call(place, '/trpc/auth.register', { body: JSON.stringify(person) });
      servers[0]?.child.kill('SIGTERM');
      await servers[0]?.exit;
      const signIn = () => call(place, '/trpc/auth.login', { body: JSON.stringify(person) });
      if (proxy === CADDY)
        await expect.poll(async () => [(await signIn()).status, (await signIn()).status]).toEqual([200, 200]);
      const statuses = [];
      for (let n = 0; n < 6; n += 1) statuses.push((await signIn()).status);
      expect(statuses).toEqual(Array<number>(6).fill(200));
    },
  );

  test.skipIf(!proxy.isHere)(
    `a call that may have been done is not done again; a question is asked elsewhere${missing}`,
    async () => {
      const [dying, sound] = [await startUpstream(false), await startUpstream(true)];
      const place = await prepare([dying.port, sound.port]);
      await proxy.start(place);
      // Until the one that hangs up has been chosen, and is not avoided yet.
      const outcomes: (number | undefined)[] = [];
      for (let n = 0; n < 2; n += 1)
        outcomes.push((await call(place, `/trpc/auth.logout?${n}`, { body: '{}' })).status);
      expect(new Set(outcomes)).toEqual(new Set([200, 502]));
      expect(dying.seen).toHaveLength(1);
      expect(new Set([...dying.seen, ...sound.seen]).size).toBe(2);

      const again = await prepare([dying.port, sound.port]);
      await proxy.start(again);
      for (let n = 0; n < 2; n += 1) expect((await call(again, `/trpc/auth.me?${n}`)).status).toBe(200);
      expect(dying.seen.length).toBeGreaterThan(1);
    },
  );

  test.skipIf(!proxy.isHere)(
    `a body that is too long is refused in the server's words, by nginx at the door if it is far too long${missing}`,
    async () => {
      const { place } = await serve();
      const refusal = await call(place, '/trpc/auth.login', { body: JSON.stringify('x'.repeat(100_000)) });
      expect([refusal.status, refusal.text]).toEqual([413, expect.stringContaining('"reason":')]);
      if (proxy !== NGINX) return;
      const { status, headers } = await call(place, '/trpc/auth.login', {
        body: JSON.stringify('x'.repeat(140_000)),
      });
      expect([status, headers['x-request-id']]).toEqual([413, undefined]);
    },
  );
});

describe('deploy/nginx.conf', () => {
  const missing = NGINX.isHere ? '' : ', skipped: nginx or openssl is not here';

  test.skipIf(!NGINX.isHere)(
    `logs the request id of the answer and no query, and sends plain http away${missing}`,
    async () => {
      const upstream = await startUpstream(true);
      const place = await prepare([upstream.port, upstream.port]);
      await NGINX.start(place);
      await call(place, '/trpc/auth.me?input=private');
      // nginx writes its line when it has sent the answer.
      const log = await expect
        .poll(() => readFileSync(join(place.folder, 'access.log'), 'utf8'))
        .toMatch(/GET \/trpc\/auth\.me 200 /)
        .then(() => readFileSync(join(place.folder, 'access.log'), 'utf8'));
      expect(log).not.toContain('private');
      const plain = await fetch(`http://127.0.0.1:${place.plainPort}/a?b`, { redirect: 'manual' });
      expect([plain.status, plain.headers.get('location')]).toEqual([308, 'https://127.0.0.1/a?b']);
    },
  );
});

describe('deploy/sallyport.service', () => {
  const isHere = canRun('systemd-analyze', '--version');

  test.skipIf(!isHere)(
    `is a unit that systemd understands to the last word${isHere ? '' : ', skipped: there is no systemd'}`,
    () => {
      const unit = join(temporaryFolder(), 'sallyport.service');
      writeFileSync(unit, readEdited('deploy/sallyport.service', [['/usr/bin/node', process.execPath]]));
      const output = execFileSync('systemd-analyze', ['verify', unit], { encoding: 'utf8', stdio: 'pipe' });
      expect(output).toBe('');
    },
  );
});
