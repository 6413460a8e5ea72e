import { expect, test } from 'vitest';
import { inTransaction } from '../../server/db/transaction.ts';
import { createMetrics } from '../../server/metrics/metrics.ts';
import { LIMIT_NAMES } from '../../server/throttle/budgets.ts';
import { HOUR, SECOND } from '../support/clock.ts';
import { engine } from '../support/database.ts';
import { listen, type Listening } from '../support/listening.ts';
import { difference, listenForMetrics } from '../support/metrics.ts';
import { PASSWORD_FORM, post } from '../support/oauth.ts';
import { findFreePort } from '../support/free-port.mjs';
import { GOOD_PASSWORD } from '../support/world.ts';

const METRICS = { METRICS_PORT: '9464' };

/** What is counted while `act` runs, of metrics whose name begins with `prefix`. */
async function countedBy(
  read: () => Promise<Map<string, number>>,
  prefix: string,
  act: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const before = await read();
  await act();
  const counted = Object.entries(difference(before, await read()));
  return Object.fromEntries(
    counted
      .filter(([name]) => name.startsWith(`sallyport_${prefix}`))
      .map(([name, value]) => [/="([^"]*)"/.exec(name)?.[1] ?? name, value]),
  );
}

async function watch(env: Record<string, string> = {}): Promise<{
  server: Listening;
  during: (prefix: string, act: () => Promise<unknown>) => Promise<Record<string, number>>;
  read: () => Promise<Map<string, number>>;
}> {
  const server = await listen({ ...METRICS, ...env });
  const read = await listenForMetrics(server.app);
  return { server, read, during: (prefix, act) => countedBy(read, prefix, act) };
}

test('a sign-in is counted by how it ended, by whatever way it came', async () => {
  const { server, during } = await watch();
  const ada = server.client();
  await ada.register();
  const wrong = { email: 'ada@example.com', password: 'not a lantern at all' };
  const ways: [() => Promise<unknown>, Record<string, number>][] = [
    [() => ada.signIn(), { success: 1 }],
    [() => ada.mutate('auth.login', wrong), { invalid_credentials: 1 }],
    [() => ada.mutate('auth.login', { ...wrong, email: 'nobody@example.com' }), { invalid_credentials: 1 }],
    [() => ada.mutate('auth.login', { ...wrong, email: 7 }), {}],
    [() => post(server, 'token', { form: PASSWORD_FORM }), { success: 1 }],
    [
      () => post(server, 'token', { form: { ...PASSWORD_FORM, username: 'ada' } }),
      { invalid_credentials: 1 },
    ],
    [() => post(server, 'token', { form: { ...PASSWORD_FORM, scope: 'no:such' } }), { validation: 1 }],
  ];
  for (const [act, counted] of ways) expect(await during('sign_ins_total', act)).toEqual(counted);
  await server.app.deps.db.destroy();
  expect(await during('sign_ins_total', () => ada.mutate('auth.login', wrong))).toEqual({ internal: 1 });
});

test('a refresh is counted by what was decided, also where callers are told less', async () => {
  const { server, during } = await watch();
  const { clock } = server;
  const refreshWith = async (cookie: string | undefined) => {
    const client = server.client();
    client.cookie = cookie;
    await client.mutate('auth.refresh');
    return client.cookie;
  };
  const register = async () => {
    const client = server.client();
    await server.client().register(`ada${clock.now()}@example.com`);
    await client.signIn(`ada${clock.now()}@example.com`);
    return client;
  };
  const ada = await register();
  const first = ada.cookie;
  const refreshes = (cookie: string | undefined) => during('refreshes_total', () => refreshWith(cookie));
  expect(await refreshes(first)).toEqual({ rotated: 1 });
  expect(await refreshes(first)).toEqual({ replayed: 1 });
  clock.advance(31 * SECOND);
  expect(await refreshes(first)).toEqual({ reuse: 1 });
  expect(await refreshes(first)).toEqual({ revoked: 1 });
  expect(await refreshes(undefined)).toEqual({ token_missing: 1 });
  expect(await refreshes('sallyport_refresh=nothing')).toEqual({ token_invalid: 1 });

  const late = await register();
  clock.advance(400 * 24 * HOUR);
  expect(await refreshes(late.cookie)).toEqual({ expired: 1 });

  // As after a restored backup: the row is a step behind its token.
  const restored = await register();
  const next = await refreshWith(restored.cookie);
  await server.app.deps.db.updateTable('sessions').set({ generation: 0 }).execute();
  expect(await refreshes(next)).toEqual({ unknown: 1 });
});

test('a session that ended by reuse is counted once, however often its token comes back', async () => {
  const { server, during } = await watch();
  const ada = server.client();
  await ada.register();
  const { cookie } = ada;
  await ada.mutate('auth.refresh');
  server.clock.advance(31 * SECOND);
  const again = () => ada.mutate('auth.refresh', undefined, { Cookie: cookie ?? '' });
  expect(await during('refresh_token_reuse', () => Promise.all([again(), again()]))).toEqual({
    sallyport_refresh_token_reuse_total: 1,
  });
});

test('a refusal is counted by the limit that was met', async () => {
  const { server, during, read } = await watch({ RATE_LIMIT: 'on' });
  const nobody = server.client();
  const guess = () => nobody.mutate('auth.login', { email: 'ada@example.com', password: GOOD_PASSWORD });
  expect(
    await during('throttled_total', async () => {
      for (let attempt = 0; attempt < 8; attempt += 1) await guess();
    }),
  ).toEqual({ pair: 3 });
  const forgot = () => nobody.mutate('password.forgot', { email: 'ada@example.com' });
  expect(
    await during('throttled_total', async () => {
      for (let attempt = 0; attempt < 31; attempt += 1) await forgot();
    }),
  ).toMatchObject({ forgotAddress: 1 });
  expect(
    await during('throttled_total', async () => {
      for (let attempt = 0; attempt < 602; attempt += 1) await nobody.mutate('auth.refresh');
    }),
  ).toEqual({ refreshAddress: 2 });
  const names = [...(await read()).keys()].filter((name) => name.startsWith('sallyport_throttled_total'));
  expect(new Set(names.map((name) => /limit="(\w+)"/.exec(name)?.[1]))).toEqual(new Set(LIMIT_NAMES));
});

test('password hashes show how long they took and how many wait', async () => {
  const { server, during, read } = await watch();
  await server.client().register();
  const counted = await during('password_hash', () => server.client().signIn());
  expect(counted).toMatchObject({
    sallyport_password_hash_duration_seconds_count: 1,
    sallyport_password_hash_computing_seconds_count: 1,
  });
  const calm = await read();
  expect(calm.get('sallyport_password_hashes_waiting')).toBe(0);
  expect(calm.get('sallyport_password_hashes_running')).toBe(0);

  const { hasher } = server.app.deps;
  const many = Array.from({ length: 12 }, () => hasher.hash(GOOD_PASSWORD));
  const { waiting, running } = hasher.queue();
  expect(running).toBeGreaterThan(0);
  expect(waiting + running).toBe(12);
  await Promise.all(many);
  expect(hasher.queue()).toEqual({ waiting: 0, running: 0 });
});

test('the feed shows how long ago it looked, and what it holds', async () => {
  const { server, read } = await watch();
  const { clock, app } = server;
  const ada = server.client();
  await ada.register();
  await ada.mutate('auth.logout');
  clock.advance(3 * SECOND);
  const before = await read();
  expect(before.get('sallyport_revocation_feed_lag_seconds')).toBe(3);
  expect(before.get('sallyport_revocations')).toBe(1);
  await app.deps.revocationFeed.look();
  expect((await read()).get('sallyport_revocation_feed_lag_seconds')).toBe(0);
});

test('requests are counted by routes of ours, whatever was asked', async () => {
  const { server, read } = await watch();
  const paths = ['trpc/auth.me', 'trpc/a,b?batch=1', 'trpc/nothing', 'oauth/none', 'elsewhere', 'healthz'];
  for (const path of paths) await (await fetch(`${server.base}/${path}`)).text();
  for (let index = 0; index < 50; index += 1) await (await fetch(`${server.base}/trpc/x${index}`)).text();
  const counts = [...(await read())].filter(([name]) => name.includes('request_duration_seconds_count'));
  expect(Object.fromEntries(counts.map(([name, value]) => [/\{.*\}/.exec(name)?.[0], value]))).toEqual({
    '{route="/trpc/auth.me",status="4xx"}': 1,
    '{route="/trpc/{batch}",status="4xx"}': 1,
    '{route="/trpc/{unknown}",status="4xx"}': 51,
    '{route="none",status="4xx"}': 1,
    // The client's own page, which is there for every address.
    '{route="none",status="2xx"}': 1,
    '{route="/healthz",status="2xx"}': 1,
  });
});

test('mail is counted by what became of it, and what waits is counted too', async () => {
  const env = { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'login@example.com' };
  const { server, during, read } = await watch(env);
  await server.client().mutate('password.forgot', { email: 'nobody@example.com' });
  expect((await read()).get('sallyport_mails_waiting')).toBe(1);
  expect(await during('mails_total', () => server.app.deps.mail.deliver())).toEqual({ dropped: 1 });
  const registration = { email: 'ada@example.com', password: GOOD_PASSWORD };
  await server.client().mutate('auth.register', registration);
  expect(await during('mails_total', () => server.app.deps.mail.deliver())).toEqual({ postponed: 1 });
  expect((await read()).get('sallyport_mails_waiting')).toBe(1);
});

test('without its database everything else is still shown', async () => {
  const { server, read } = await watch();
  expect((await read()).get('sallyport_mails_waiting')).toBe(0);
  await server.app.deps.db.destroy();
  const samples = await read();
  expect(samples.has('sallyport_mails_waiting')).toBe(false);
  expect(samples.has('sallyport_revocations')).toBe(true);
  expect(samples.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
});

test('connections to PostgreSQL show how many are in use; SQLite has none', async () => {
  const { server, read } = await watch();
  const samples = await inTransaction(server.app.deps.db, async (trx) => {
    await trx.selectFrom('accounts').select('id').execute();
    return read();
  });
  const shown = Object.fromEntries([...samples].filter(([name]) => name.startsWith('sallyport_database_')));
  const ofPool = {
    sallyport_database_connections_used: expect.toSatisfy((count: number) => count >= 1),
    sallyport_database_connections_idle: expect.any(Number),
    sallyport_database_calls_waiting: 0,
  };
  expect(shown).toEqual(engine === 'postgres' ? ofPool : {});
});

test('names follow the conventions of Prometheus', async () => {
  const text = await createMetrics({ limits: LIMIT_NAMES }).read();
  const types = [...text.matchAll(/^# TYPE (sallyport_\w+) (\w+)$/gm)];
  expect(types.length).toBeGreaterThan(5);
  for (const [, name = '', type] of types) {
    expect(name.endsWith('_total')).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
  }
});

test('there is GET and HEAD of /metrics, on a port of its own, and nothing else', async () => {
  const server = await listen(METRICS);
  const { metricsServer } = server.app;
  const port = await findFreePort();
  await metricsServer?.listen({ port, host: '127.0.0.1' });
  const ask = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return [response.status, response.headers.get('content-type'), (await response.text()).length > 0];
  };
  const text = 'text/plain; version=0.0.4; charset=utf-8';
  expect(await ask('/metrics')).toEqual([200, text, true]);
  expect(await ask('/metrics', 'HEAD')).toEqual([200, text, false]);
  expect(await ask('/metrics', 'POST')).toEqual([405, null, false]);
  expect(await ask('/trpc/auth.me')).toEqual([404, null, false]);
  expect((await fetch(`${server.base}/metrics`)).status).toBe(404);
  await server.app.close();
  await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
});

test('metrics are there while the database is silent, but for what only it knows', async () => {
  const metrics = createMetrics({ limits: [] });
  metrics.follow({
    hashes: () => ({ waiting: 0, running: 0 }),
    feedLag: () => 7,
    revocations: () => 0,
    waitingMail: () => new Promise(() => {}),
    pool: undefined,
  });
  const text = await metrics.read();
  expect(text).toContain('sallyport_revocation_feed_lag_seconds 7');
  expect(text).not.toMatch(/^sallyport_mails_waiting /m);
});
