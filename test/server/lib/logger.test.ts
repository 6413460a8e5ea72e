import { describe, expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { parseConfig } from '../../../server/config.ts';
import { createLogger } from '../../../server/lib/logger.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { findLeaks } from '../../support/leaks.ts';
import { SECRET } from '../../support/secret.ts';

const SECRETS = { secret: 'wT9vR2kXq7LmZp4sYb8NcJ5hFd3GaE6u', person: 'ada@example.com' };

function collect() {
  const lines: string[] = [];
  const log = createLogger('trace', { destination: { write: (line) => void lines.push(line) } });
  return { log, written: () => lines.join('') };
}

const { secret, person } = SECRETS;

describe('a leak through the logger is found', () => {
  test.each<[string, object, string]>([
    ['as it is', { note: secret }, ''],
    ['in the message', {}, `got ${secret}`],
    ['deep inside', { a: { b: { c: [secret] } } }, ''],
    ['by its first 16 characters', { note: `${secret.slice(0, 16)}…` }, ''],
    ['by its last 16 characters', { note: `…${secret.slice(-16)}` }, ''],
    ['in base64', { note: Buffer.from(secret).toString('base64') }, ''],
    ['in base64, behind one byte', { note: Buffer.from(`:${secret}`).toString('base64') }, ''],
    ['in base64, behind two', { note: Buffer.from(`a:${secret}!`).toString('base64url') }, ''],
    ['in hexadecimal', { note: Buffer.from(secret).toString('hex').toUpperCase() }, ''],
    ['in an error', { err: new Error(`no ${secret}`) }, ''],
    ['in the cause of an error', { err: new Error('no', { cause: new Error(secret) }) }, ''],
  ])('%s', (_, line, message) => {
    const { log, written } = collect();
    log.trace(line, message);
    expect(findLeaks(written(), SECRETS)).toEqual(['secret']);
  });

  test.each([person, 'Ada@Example.com', 'ada%40example.com'])('of a person: %s', (shown) => {
    const { log, written } = collect();
    log.info({ path: `/people/${shown}` });
    expect(findLeaks(written(), SECRETS)).toEqual(['person']);
  });
});

test.each([
  'password',
  'authorization',
  'cookie',
  'set-cookie',
  'accessToken',
  'refreshToken',
  'token',
  'secret',
])('what is called %s is not written', (name) => {
  const { log, written } = collect();
  log.info({ [name]: secret, deep: { [name]: secret, deeper: { [name]: secret } } });
  log.child({ [name]: secret }).info('child');
  expect(written()).toContain('[Redacted]');
  expect(findLeaks(written(), SECRETS)).toEqual([]);
});

describe('of an error', () => {
  // As PostgreSQL reports a value that is there already.
  const thrown = Object.assign(new Error('duplicate key value violates unique constraint'), {
    code: '23505',
    detail: `Key (email)=(${person}) already exists.`,
    parameters: [secret],
  });

  test('nothing is written but what it is and where it came from', () => {
    const { log, written } = collect();
    log.error({ err: thrown }, 'failed');
    log.error({ err: { message: secret } }, 'failed');
    const [line] = written().split('\n');
    expect(JSON.parse(line ?? '').err).toEqual({
      type: 'Error',
      code: '23505',
      message: thrown.message,
      stack: thrown.stack,
    });
    expect(findLeaks(written(), SECRETS)).toEqual([]);
  });

  test('nor while a request is answered, for which the server has loggers of its own', async () => {
    const { log, written } = collect();
    const env = { NODE_ENV: 'test', DATABASE_URL: 'sqlite::memory:', AUTH_SECRET: SECRET, BCRYPT_COST: '4' };
    const app = await createApp(parseConfig({ DATA_DIR: temporaryFolder(), ...env }), {
      log,
      background: false,
    });
    onTestFinished(() => app.close());
    app.deps.limits = { ...app.deps.limits, refreshFrom: async () => Promise.reject(thrown) };
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const sent = [
      { url: '/trpc/auth.refresh' },
      { url: '/oauth/token', headers: form, payload: 'grant_type=refresh_token&refresh_token=spr_' },
    ];
    for (const request of sent)
      expect((await app.http.inject({ method: 'POST', ...request })).statusCode).toBe(500);
    expect(written()).toContain('request failed');
    expect(written()).toContain('procedure failed');
    expect(written()).toContain('23505');
    expect(findLeaks(written(), SECRETS)).toEqual([]);
  });
});
