import { expect, test } from 'vitest';
import { listen } from '../../support/listening.ts';
import { listenForMetrics } from '../../support/metrics.ts';
import { SECRET } from '../../support/secret.ts';
import { GOOD_PASSWORD } from '../../support/world.ts';

test('each request is one line: what was asked, what came of it, and under which id', async () => {
  const { client, logLines } = await listen();
  const response = await client().query('auth.me?input=%7B%7D');
  await response.text();
  const lines = logLines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
  expect(lines).toEqual([expect.objectContaining({ method: 'GET', route: '/trpc/auth.me', status: 401 })]);
  expect(lines[0]).toMatchObject({ reqId: response.headers.get('x-request-id') });
});

test('a request is no line where nobody wants to know, and counted all the same', async () => {
  const quiet = await listen({ LOG_LEVEL: 'warn' });
  const counting = await listen({ LOG_LEVEL: 'warn', METRICS_PORT: '9464' });
  const read = await listenForMetrics(counting.app);
  for (const { client } of [quiet, counting]) await (await client().query('auth.me')).text();
  expect([...quiet.logLines, ...counting.logLines]).toEqual([]);
  expect([...(await read()).keys()].filter((name) => name.includes('route="/trpc/auth.me"'))).not.toEqual([]);
});

test('a line names the part of the server, and nothing of what a stranger has put into the address', async () => {
  const { base, logLines } = await listen();
  const paths = [
    '/trpc/auth.me,auth.none?batch=1',
    '/trpc/lantern-night',
    '/oauth/userinfo',
    '/oauth/lantern-night',
    '/lantern-night?lantern-night',
    '/%lantern-night',
    '/assets/lantern-night.js',
    '/healthz',
  ];
  for (const path of paths) await (await fetch(`${base}${path}`)).text();
  const lines = logLines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
  expect(lines.map(({ route }) => route)).toEqual([
    '/trpc/{batch}',
    '/trpc/{unknown}',
    '/oauth/userinfo',
    undefined,
    undefined,
    // An address that cannot be read has no line: no hook has run.
    undefined,
    '/healthz',
  ]);
  expect(logLines.join('')).not.toContain('lantern');
});

test('no password, token, cookie or address is logged, however a call is put or fails', async () => {
  const { client, base, app, logLines } = await listen();
  const ada = client();
  await ada.register();
  await ada.mutate('auth.refresh');
  await ada.query('auth.me');
  const { bearer = '', cookie = '' } = ada;
  const credentials = { email: 'ada@example.com', password: GOOD_PASSWORD };
  const wrong = { email: 'ada@example.com', password: 'not a lantern at all' };

  await ada.mutate('auth.login', wrong);
  await ada.mutate('auth.login', { ...credentials, email: [GOOD_PASSWORD] });
  await ada.mutate('auth.login,auth.none?batch=1', { 0: wrong, 1: wrong });
  await ada.query(`auth.login?input=${encodeURIComponent(JSON.stringify(credentials))}`);
  await fetch(`${base}/profile?token=${bearer}&password=${encodeURIComponent(GOOD_PASSWORD)}`);
  await fetch(`${base}/trpc/auth.login`, { method: 'POST', body: `${GOOD_PASSWORD}{` });
  await ada.mutate('auth.refresh', undefined, { Cookie: `${cookie}; ${cookie}` });
  await ada.query('auth.me', { Authorization: `Bearer ${bearer}x` });
  await app.deps.db.destroy();
  expect((await ada.mutate('auth.login', credentials)).status).toBe(500);
  expect((await ada.mutate('auth.refresh')).status).toBe(500);

  const log = logLines.join('');
  expect(log).toContain('procedure failed');
  const secrets = [
    GOOD_PASSWORD,
    wrong.password,
    'ada@example.com',
    bearer,
    cookie,
    cookie.split('=')[1],
    SECRET,
  ];
  for (const secret of secrets)
    for (const written of [secret ?? '', encodeURIComponent(secret ?? '')])
      expect(log).not.toContain(written);
});

test('a fault of ours is an opaque answer with the id under which its cause is logged', async () => {
  const { client, app, logLines } = await listen();
  await app.deps.db.destroy();
  const response = await client().mutate('auth.login', { email: 'ada@example.com', password: GOOD_PASSWORD });
  const text = await response.text();
  expect(JSON.parse(text)).toEqual({
    error: {
      message: 'Something went wrong on our side.',
      code: -32603,
      data: {
        code: 'INTERNAL_SERVER_ERROR',
        httpStatus: 500,
        path: 'auth.login',
        reason: 'internal',
        requestId: response.headers.get('x-request-id'),
      },
    },
  });
  const causes = logLines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'procedure failed');
  expect(causes).toEqual([
    expect.objectContaining({ reqId: response.headers.get('x-request-id'), level: 50 }),
  ]);
});
