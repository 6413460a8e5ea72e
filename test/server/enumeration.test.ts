import { beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNT_KINDS, COST, emailOf, makeEveryKind } from '../support/account-kinds.ts';
import { takeLastingDatabase } from '../support/database.ts';
import { listen, type Listening } from '../support/listening.ts';
import { post } from '../support/oauth.ts';
import type { MailServer } from '../support/smtp-server.ts';
import { listenSmtp } from '../support/smtp.ts';
import { watchStatements, type WatchedStatements } from '../support/statements.ts';
import { GOOD_PASSWORD } from '../support/world.ts';

// CWE-204, CWE-208: what a stranger sees of an address is the same whether or not there is an account, and whatever has become
// of it. Time is measured by `npm run timing`; here the work is counted that makes it.

const WRONG_PASSWORD = 'a lantern for the long sight';
const UNKNOWN = emailOf('unknown');

/** Registered where mail is sent, and not confirmed: not an account yet. */
const PENDING = emailOf('pending');

const OTHERS = [...ACCOUNT_KINDS.map(emailOf), PENDING];

interface From {
  /** Addresses of callers, where the limits count. */
  ip?: string;
}

type Ask = (server: Listening, email: string, from?: From) => Promise<Response>;

const headersOf = ({ ip = '203.0.113.7' }: From = {}) => ({ 'X-Forwarded-For': ip });

const signIn =
  (password: string): Ask =>
  (server, email, from) =>
    server.client().mutate('auth.login', { email, password }, headersOf(from));

const tradePassword =
  (password: string): Ask =>
  (server, username, from) =>
    post(server, 'token', {
      form: { grant_type: 'password', username, password },
      headers: headersOf(from),
    });

/** As above in a batch, which goes another way through the server. */
const signInInBatch: Ask = (server, email) =>
  fetch(`${server.base}/trpc/auth.login?batch=1`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ 0: { email, password: WRONG_PASSWORD } }),
  });

const register: Ask = (server, email, from) =>
  server.client().mutate('auth.register', { email, password: GOOD_PASSWORD }, headersOf(from));

const forgot: Ask = (server, email, from) =>
  server.client().mutate('password.forgot', { email }, headersOf(from));

/** Everything that can be told apart from outside, and the work that decides the time it takes. */
async function trace(server: Listening, seen: WatchedStatements, ask: () => Promise<Response>) {
  seen.reset();
  const { hasher } = server.app.deps;
  const before = hasher.computations();
  const response = await ask();
  const body = await response.text();
  return {
    status: response.status,
    headers: [...response.headers]
      .filter(([name]) => name !== 'date' && name !== 'x-request-id')
      // A new device is known by what it is given.
      .map(([name, value]) => [name, value.replace(/^(sallyport_device=)[\w-]{43};/, '$1…;')]),
    body: body.replace(/"requestId":"[^"]*"/, ''),
    computations: hasher.computations() - before,
    statements: seen.executed,
    rows: seen.rows,
  };
}

async function serverWithEveryKind(
  env: Record<string, string> = {},
): Promise<{ server: Listening; smtp: MailServer }> {
  const DATABASE_URL = await takeLastingDatabase();
  await makeEveryKind(DATABASE_URL);
  const smtp = await listenSmtp();
  const mail = { SMTP_URL: smtp.url, MAIL_FROM: 'login@example.com' };
  const server = await listen({
    DATABASE_URL,
    BCRYPT_COST: COST,
    TRUST_PROXY: '127.0.0.1',
    ...mail,
    ...env,
  });
  expect((await register(server, PENDING)).status).toBe(200);
  return { server, smtp };
}

describe('a failed sign-in', () => {
  let server: Listening;
  beforeEach(async () => {
    ({ server } = await serverWithEveryKind());
  });

  test.each([
    ['auth.login', 401, signIn(WRONG_PASSWORD)],
    ['auth.login in a batch', 401, signInInBatch],
    ['the token endpoint', 400, tradePassword(WRONG_PASSWORD)],
  ])('by %s is answered with %i and the same work for every kind of account', async (_, status, ask) => {
    const seen = watchStatements();
    const unknown = await trace(server, seen, () => ask(server, UNKNOWN));
    expect(unknown).toMatchObject({ status, computations: 1 });
    for (const email of OTHERS)
      expect(await trace(server, seen, () => ask(server, email)), email).toEqual(unknown);
  });

  test.each([
    ['auth.login', 401, signIn(GOOD_PASSWORD)],
    ['the token endpoint', 400, tradePassword(GOOD_PASSWORD)],
  ])(
    'by %s with the right password of an account that is disabled, or is none yet, is like any other',
    async (_, status, ask) => {
      const seen = watchStatements();
      const unknown = await trace(server, seen, () => ask(server, UNKNOWN));
      expect(unknown.status).toBe(status);
      for (const email of [emailOf('disabled'), PENDING])
        expect(await trace(server, seen, () => ask(server, email)), email).toEqual(unknown);
    },
  );
});

describe('where mail is sent', () => {
  test.each([
    ['registering', '{"result":{"data":{"status":"verification_sent"}}}', 1, register],
    ['asking for a new password', '{"result":{"data":{"status":"sent"}}}', 0, forgot],
  ])(
    '%s is answered with %s and the same work for every kind of account',
    async (_, body, computations, ask) => {
      const { server } = await serverWithEveryKind();
      const seen = watchStatements();
      // Everything is found in its cache from the second time on.
      await ask(server, emailOf('somebody'));
      const unknown = await trace(server, seen, () => ask(server, UNKNOWN));
      expect(unknown).toMatchObject({ status: 200, body, computations });
      for (const email of OTHERS)
        expect(await trace(server, seen, () => ask(server, email)), email).toEqual(unknown);
    },
  );

  test('only the mailbox tells: whoever has an account hears of it, and whoever has none is asked to confirm', async () => {
    const { server, smtp } = await serverWithEveryKind();
    await server.app.deps.mail.deliver();
    smtp.received.length = 0;
    for (const email of [UNKNOWN, ...OTHERS]) await register(server, email);
    await server.app.deps.mail.deliver();
    const confirm = 'Confirm your e-mail address for Sallyport';
    const exists = 'You already have a Sallyport account';
    expect(subjectsByAddress(smtp)).toEqual({
      [UNKNOWN]: confirm,
      ...Object.fromEntries(ACCOUNT_KINDS.map((kind) => [emailOf(kind), exists])),
      [PENDING]: confirm,
    });
  });

  test('a link for a new password goes to accounts that can be signed in to, and to nobody else', async () => {
    const { server, smtp } = await serverWithEveryKind();
    await server.app.deps.mail.deliver();
    smtp.received.length = 0;
    for (const email of [UNKNOWN, ...OTHERS]) await forgot(server, email);
    await server.app.deps.mail.deliver();
    const usable = ACCOUNT_KINDS.filter((kind) => kind !== 'disabled').map(emailOf);
    expect(Object.keys(subjectsByAddress(smtp)).toSorted()).toEqual(usable.toSorted());
  });
});

function subjectsByAddress({ received }: MailServer): Record<string, string> {
  return Object.fromEntries(
    received.map(({ to, headers }) => [to.join(), headers.get('subject')?.join() ?? '']),
  );
}

describe('with limits', () => {
  /** One after the other, from an address of its own for each account; the work is that of the last. */
  async function traceAll(server: Listening, seen: WatchedStatements, asks: (() => Promise<Response>)[]) {
    const traces = [];
    for (const ask of asks) traces.push(await trace(server, seen, ask));
    return traces;
  }

  test.each([
    ['auth.login', signIn],
    ['the token endpoint', tradePassword],
  ])(
    'guessing by %s until it is throttled, and then the right password, look the same for every kind of account',
    async (_, attempt) => {
      const { server } = await serverWithEveryKind({ RATE_LIMIT: 'on' });
      const seen = watchStatements();
      await attempt(WRONG_PASSWORD)(server, emailOf('somebody'), { ip: '198.51.100.250' });
      const guess = (email: string, index: number) =>
        traceAll(server, seen, [
          ...Array.from(
            { length: 12 },
            () => () => attempt(WRONG_PASSWORD)(server, email, { ip: `198.51.100.${index}` }),
          ),
          () => attempt(GOOD_PASSWORD)(server, email, { ip: `198.51.100.${index}` }),
        ]);
      const unknown = await guess(UNKNOWN, 0);
      expect(unknown.at(-1)).toMatchObject({ status: 429, computations: 0 });
      for (const [index, email] of OTHERS.entries())
        expect(await guess(email, index + 1), email).toEqual(unknown);
    },
  );

  test.each([
    ['registering', register],
    ['asking for a new password', forgot],
  ])('%s again and again looks the same for every kind of account, locked or not', async (_, ask) => {
    const { server } = await serverWithEveryKind({ RATE_LIMIT: 'on' });
    const seen = watchStatements();
    const lock = async (email: string, index: number) => {
      for (let count = 0; count < 12; count += 1)
        await signIn(WRONG_PASSWORD)(server, email, { ip: `198.51.100.${index}` });
      expect((await signIn(GOOD_PASSWORD)(server, email, { ip: `198.51.100.${index}` })).status).toBe(429);
    };
    const askOften = (email: string, index: number) =>
      traceAll(
        server,
        seen,
        Array.from({ length: 8 }, () => () => ask(server, email, { ip: `192.0.2.${index}` })),
      );
    await ask(server, emailOf('somebody'));
    const unknown = await askOften(UNKNOWN, 0);
    expect(unknown[0]).toMatchObject({ status: 200 });
    for (const [index, email] of OTHERS.filter((other) => other !== PENDING).entries()) {
      if (email === emailOf('known')) await lock(email, index + 1);
      expect(await askOften(email, index + 1), email).toEqual(unknown);
    }
  });
});
