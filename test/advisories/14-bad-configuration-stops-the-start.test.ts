import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../server/app.ts';
import { ConfigError, parseConfig } from '../../server/config.ts';
import { takeLastingDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { SECRET } from '../support/secret.ts';
import { createWorld } from '../support/world.ts';

// better-auth GHSA-8fpg-xm3f-6cx3: a configuration error fails open.

function start(environment: Record<string, string>) {
  return parseConfig({ DATA_DIR: temporaryFolder(), AUTH_SECRET: SECRET, ...environment });
}

describe('a value that is not understood never falls back to anything', () => {
  test.each([
    'PORT',
    'PUBLIC_URL',
    'ALLOW_INSECURE_HTTP',
    'DATABASE_URL',
    'AUTH_SECRET',
    'ACCESS_TOKEN_TTL',
    'SESSION_IDLE_TTL',
    'SESSION_MAX_TTL',
    'REFRESH_GRACE',
    'BCRYPT_COST',
    'PASSWORD_MIN_LENGTH',
    'TRUST_PROXY',
    'ALLOWED_ORIGINS',
    'SMTP_URL',
    'MAIL_FROM',
    'RATE_LIMIT',
    'LOG_LEVEL',
  ])('%s', (name) => {
    for (const value of ['garbage', '-1', 'null', 'undefined', '{}', 'true']) {
      expect(() => start({ [name]: value }), value).toThrow(ConfigError);
      expect(() => start({ [name]: value }), value).toThrow(new RegExp(`^${name}: `));
    }
  });
});

describe('what protects is not switched off by a slip', () => {
  test.each([
    ['limits', 'RATE_LIMIT', ['0', 'no', 'false', 'disabled', 'OFF', 'off ']],
    ['https', 'PUBLIC_URL', ['http://example.com', 'http://127.0.0.1.evil.example', 'http://0.0.0.0']],
    ['the secret', 'AUTH_SECRET', [',', ' , ', `${SECRET},weak`, 'x'.repeat(40)]],
    ['the cost of hashing', 'BCRYPT_COST', ['4', '9', '1e1', '0x10', '12.5']],
    ['proxies', 'TRUST_PROXY', ['*', 'all', '1', '0.0.0.0/33', '10.0.0.1,any']],
    ['origins', 'ALLOWED_ORIGINS', ['*', 'null', 'https://*.example.com/x', 'https://a.example,b.example']],
    [
      'the encryption of mail',
      'SMTP_URL',
      [
        'smtps://mail.example.com?tls.rejectUnauthorized=false',
        'smtp://mail.example.com?ignoreTLS=true',
        'smtps://mail.example.com?tls=off',
        'smtp://ada:secret@mail.example.com?tls=off',
      ],
    ],
    ['expiry', 'SESSION_MAX_TTL', ['0', 'never', 'Infinity', '1e9']],
  ])('%s', (_, name, values) => {
    for (const value of values) expect(() => start({ [name]: value }), value).toThrow(ConfigError);
  });
});

test('a secret file that is empty or weak stops the start; it is not replaced', () => {
  for (const content of ['', '\n', 'changeme']) {
    const DATA_DIR = temporaryFolder();
    writeFileSync(join(DATA_DIR, 'auth-secret'), content);
    expect(() => parseConfig({ DATA_DIR })).toThrow(/^AUTH_SECRET: /);
  }
});

test('a secret file that cannot be read stops the start', () => {
  const DATA_DIR = temporaryFolder();
  mkdirSync(join(DATA_DIR, 'auth-secret'));
  chmodSync(join(DATA_DIR, 'auth-secret'), 0o700);
  expect(() => parseConfig({ DATA_DIR })).toThrow();
});

test('a secret that does not open the signing key stops the start; no new key is made', async () => {
  const env = { DATABASE_URL: await takeLastingDatabase() };
  const world = await createWorld({ env });
  await world.app.close();
  const config = parseConfig({
    ...env,
    NODE_ENV: 'test',
    DATA_DIR: temporaryFolder(),
    AUTH_SECRET: `another-${SECRET}`,
  });
  await expect(createApp(config)).rejects.toThrow(/^AUTH_SECRET: /);
});
