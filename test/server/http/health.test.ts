import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { beginRequest, untilRefusing } from '../../support/begun-request.ts';
import { listen } from '../../support/listening.ts';
import { parseResponse, readToEnd } from '../../support/raw-http.ts';

test('a server that runs is alive and ready, and neither answer is cached', async () => {
  const { base } = await listen();
  for (const [path, body] of [
    ['/healthz', { status: 'ok' }],
    ['/readyz', { status: 'ready' }],
  ] as const) {
    const response = await fetch(`${base}${path}`);
    expect([response.status, await response.json()]).toEqual([200, body]);
    expect(response.headers.get('cache-control')).toBe('no-store');
  }
});

test('without its database it is alive and not ready, and says no more than that', async () => {
  const { base, app, logLines } = await listen();
  await app.deps.db.destroy();
  expect((await fetch(`${base}/healthz`)).status).toBe(200);
  const response = await fetch(`${base}/readyz`);
  expect([response.status, await response.json()]).toEqual([503, { status: 'unavailable' }]);
  expect(logLines.join('')).toContain('not ready');
});

const signIn = { email: 'ada@example.com', password: 'a lantern for the long night' };

test('draining lets a running sign-in finish, then closes its connection however alive it was to be kept', async () => {
  const server = await listen();
  await server.client().register();
  const running = await beginRequest(server.port, '/trpc/auth.login', signIn);
  const closed = server.app.close();
  await untilRefusing(server.base);
  running.finish();
  const { status, headers } = parseResponse(await running.answer);
  expect(status).toBe(200);
  expect(headers).toMatchObject({ connection: 'close', 'set-cookie': expect.stringContaining('spr_') });
  await closed;
});

test('draining says so to a load balancer that kept its connection', async () => {
  const server = await listen();
  const socket = connect({ port: server.port, host: '127.0.0.1' });
  // The second request has begun when the first is answered, so that its connection is not taken for idle.
  const [first, second] = [
    'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n',
  ];
  socket.write(`${first}${second.slice(0, -2)}`);
  await once(socket, 'data');
  const answer = readToEnd(socket);
  const closed = server.app.close();
  await untilRefusing(server.base);
  socket.write(second.slice(-2));
  expect(parseResponse(await answer)).toMatchObject({ status: 503, body: '{"status":"draining"}' });
  await closed;
});
