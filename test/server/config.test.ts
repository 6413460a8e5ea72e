import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../server/config.ts';
import { findSecretProblem } from '../../server/keys/secret.ts';
import { temporaryFolder } from '../support/folder.ts';
import { SECRET } from '../support/secret.ts';

function parse(environment: Record<string, string>) {
  return parseConfig({ DATA_DIR: temporaryFolder(), AUTH_SECRET: SECRET, ...environment });
}

describe('the configuration', () => {
  test('needs nothing: every variable has the default of the documentation', () => {
    const folder = temporaryFolder();
    expect(parseConfig({ DATA_DIR: folder })).toEqual({
      port: 3000,
      host: '127.0.0.1',
      publicUrl: 'http://localhost:3000',
      secure: false,
      database: { engine: 'sqlite', file: join(folder, 'sallyport.db') },
      secrets: [expect.stringMatching(/^[\w-]{64}$/)],
      accessTokenTtl: 900_000,
      signingAlg: 'ES256',
      keyRotation: 30 * 86_400_000,
      sessionIdleTtl: 14 * 86_400_000,
      sessionMaxTtl: 90 * 86_400_000,
      refreshGrace: 30_000,
      bcryptCost: 12,
      passwordMinLength: 15,
      pwnedPasswords: undefined,
      passwordGrant: true,
      drainDelay: 0,
      trustProxy: [],
      allowedOrigins: [],
      mail: undefined,
      mailPlace: 'local',
      plainCalls: true,
      metrics: undefined,
      rateLimit: true,
      logLevel: 'info',
    });
  });

  test.each([
    ['PORT', 'http'],
    ['PORT', '0'],
    ['PORT', '65536'],
    ['PUBLIC_URL', 'login.example.com'],
    ['PUBLIC_URL', 'https://example.com/login'],
    ['PUBLIC_URL', 'http://example.com'],
    ['PUBLIC_URL', 'http://localhost.example.com'],
    ['DATABASE_URL', 'mysql://localhost'],
    ['DATABASE_URL', 'postgres://app@db.example.com/app?SSLMODE=require'],
    ['AUTH_SECRET', 'short'],
    ['ACCESS_TOKEN_TTL', '90m'],
    ['ACCESS_TOKEN_TTL', '30s'],
    ['ACCESS_TOKEN_TTL', 'soon'],
    ['SIGNING_ALG', 'HS256'],
    ['SIGNING_ALG', 'es256'],
    ['KEY_ROTATION', '12h'],
    ['KEY_ROTATION', 'never'],
    ['SESSION_IDLE_TTL', '0'],
    ['SESSION_MAX_TTL', '-1d'],
    ['REFRESH_GRACE', '2h'],
    ['BCRYPT_COST', '4'],
    ['BCRYPT_COST', '16'],
    ['PASSWORD_MIN_LENGTH', '7'],
    ['TRUST_PROXY', 'loopback'],
    ['TRUST_PROXY', '10.0.0.0/99'],
    ['TRUST_PROXY', '0.0.0.0/0'],
    ['TRUST_PROXY', '::/0'],
    ['ALLOWED_ORIGINS', '*'],
    ['RATE_LIMIT', 'false'],
    ['PASSWORD_GRANT', 'no'],
    ['PWNED_PASSWORDS', 'yes'],
    ['PWNED_PASSWORDS', 'pwned.example.com'],
    ['PWNED_PASSWORDS', 'http://pwned.example.com'],
    ['PWNED_PASSWORDS', 'ftp://localhost'],
    ['PWNED_PASSWORDS', 'https://ada:secret@pwned.example.com'],
    ['PWNED_PASSWORDS', 'https://pwned.example.com/?key=1'],
    ['LOG_LEVEL', 'loud'],
    ['SMTP_URL', 'https://mail.example.com'],
    ['SMTP_URL', 'mail.example.com'],
    ['MAIL_FROM', 'login@example.com'],
    ['MAIL_FROM', 'nobody'],
    ['METRICS_PORT', '0'],
    ['METRICS_PORT', 'on'],
    ['METRICS_PORT', '3000'],
  ])('refuses %s=%s in one line that names it', (name, value) => {
    expect(() => parse({ [name]: value })).toThrow(new RegExp(`^${name}: [^\\n]+$`));
  });

  test.each([
    ['PUBLIC_URL', 'https://login.example.com/', { publicUrl: 'https://login.example.com', secure: true }],
    ['REFRESH_GRACE', '0', { refreshGrace: 0 }],
    ['TRUST_PROXY', '10.0.0.0/8, ::1', { trustProxy: ['10.0.0.0/8', '::1'] }],
    [
      'ALLOWED_ORIGINS',
      'https://a.example.com/,https://b.example.com',
      { allowedOrigins: ['https://a.example.com', 'https://b.example.com'] },
    ],
    ['DATABASE_URL', 'sqlite:/var/lib/app.db', { database: { engine: 'sqlite', file: '/var/lib/app.db' } }],
    [
      'DATABASE_URL',
      'postgres://app:secret@db.example.com/app?sslmode=verify-full',
      {
        database: {
          engine: 'postgres',
          url: 'postgres://app:secret@db.example.com/app?sslmode=verify-full',
          poolSize: 10,
        },
      },
    ],
    ['LOG_LEVEL', '', { logLevel: 'info' }],
    ['SIGNING_ALG', 'RS256', { signingAlg: 'RS256' }],
    ['PWNED_PASSWORDS', 'off', { pwnedPasswords: undefined }],
    ['PWNED_PASSWORDS', 'on', { pwnedPasswords: new URL('https://api.pwnedpasswords.com/') }],
    [
      'PWNED_PASSWORDS',
      'https://pwned.example.com/mirror',
      { pwnedPasswords: new URL('https://pwned.example.com/mirror') },
    ],
    ['PWNED_PASSWORDS', 'http://localhost:8080', { pwnedPasswords: new URL('http://localhost:8080/') }],
    ['KEY_ROTATION', '7d', { keyRotation: 7 * 86_400_000 }],
    ['KEY_ROTATION', 'off', { keyRotation: Infinity }],
    ['METRICS_PORT', '9464', { metrics: { port: 9464, host: '127.0.0.1' } }],
    ['SESSION_MAX_TTL', '1d', { sessionMaxTtl: 86_400_000 }],
    ['PUBLIC_URL', 'https://login.example.com:443', { publicUrl: 'https://login.example.com' }],
  ])('reads %s=%s', (name, value, expected) => {
    expect(parse({ [name]: value })).toMatchObject(expected);
  });

  test('allows plain http elsewhere only when that was asked for', () => {
    const asked = { PUBLIC_URL: 'http://example.com', ALLOW_INSECURE_HTTP: '1' };
    expect(parse(asked)).toMatchObject({ publicUrl: 'http://example.com', secure: false });
  });

  test.each([
    [{}, 'local'],
    [{ HOST: 'localhost', PUBLIC_URL: 'http://127.0.0.1:3000' }, 'local'],
    [{ HOST: '::1', PUBLIC_URL: 'https://localhost' }, 'local'],
    [{ HOST: '0.0.0.0' }, 'off'],
    [{ HOST: '::' }, 'off'],
    [{ PUBLIC_URL: 'https://login.example.com' }, 'off'],
    [{ PUBLIC_URL: 'https://localhost.example.com' }, 'off'],
    [{ TRUST_PROXY: '127.0.0.1' }, 'off'],
    [{ SMTP_URL: 'smtp://127.0.0.1', MAIL_FROM: 'login@example.com' }, 'sent'],
  ])('with %j has mail %s', (environment, place) => {
    expect(parse(environment).mailPlace).toBe(place);
  });

  test('takes a mail server and a sender together, and neither alone', () => {
    const SMTP_URL = 'smtps://ada:p%40ss@mail.example.com';
    expect(parse({ SMTP_URL, MAIL_FROM: 'Sallyport <login@example.com>' }).mail).toEqual({
      server: {
        host: 'mail.example.com',
        port: undefined,
        encryption: 'tls',
        credentials: { user: 'ada', password: 'p@ss' },
      },
      sender: { name: 'Sallyport', address: 'login@example.com' },
    });
    expect(() => parse({ SMTP_URL })).toThrow(/^MAIL_FROM: needed with SMTP_URL[^\n]+$/);
    expect(() => parse({ MAIL_FROM: 'login@example.com' })).toThrow(
      /^MAIL_FROM: does nothing without[^\n]+$/,
    );
  });

  test.each([
    'smtp://ada:hunter2@mail.example.com/inbox',
    'smtp://ada:hunter2%@mail.example.com',
    'http://ada:hunter2@mail.example.com',
    'smtp://ada:hunter2#@mail.example.com',
    'smtp://ada:hunter2@mail.example.com',
  ])('never shows the password of the mail server, however wrong its address is: %s', (SMTP_URL) => {
    const shown = () => {
      try {
        return parse({ SMTP_URL });
      } catch (error) {
        return inspect(error, { depth: 9, showHidden: true });
      }
    };
    expect(shown()).toMatch(/ConfigError/);
    expect(shown()).not.toMatch(/hunter2/);
  });

  test('says in one line that a data folder cannot be made', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(() => parse({ DATA_DIR: join(file, 'data') })).toThrow(/^DATA_DIR: [^\n]+$/);
  });
});

describe('the secret', () => {
  test('is made once, for the owner alone, and found again', () => {
    const DATA_DIR = temporaryFolder();
    const [first] = parseConfig({ DATA_DIR }).secrets;
    const file = join(DATA_DIR, 'auth-secret');
    expect(readFileSync(file, 'utf8').trim()).toBe(first);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(parseConfig({ DATA_DIR }).secrets).toEqual([first]);
  });

  test('is not made when one is given', () => {
    const DATA_DIR = temporaryFolder();
    parseConfig({ DATA_DIR, AUTH_SECRET: SECRET });
    expect(existsSync(join(DATA_DIR, 'auth-secret'))).toBe(false);
  });

  test('may be a list, newest first', () => {
    expect(parse({ AUTH_SECRET: `${SECRET}-new, ${SECRET}` }).secrets).toEqual([`${SECRET}-new`, SECRET]);
  });

  test.each([
    ['31 characters', 'x4Gh9!kLm2#pQr7$tUv1%wXy6^zAb3&', 'at least 32 bytes'],
    ['32 hex digits, which are 16 bytes', '9f86d081884c7d659a2feaa0c55ad015', 'at least 32 bytes'],
    ['the tutorial’s', '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7', 'well known'],
    ['a placeholder', 'please-changeme-before-production-1234567890', 'well known'],
    ['jwt.io’s', 'a-string-secret-at-least-256-bits-long', 'well known'],
    ['a piece repeated and cut short', 'abcdefghij'.repeat(4).slice(0, 39), 'repeats'],
    ['a repeated word', 'correct!horse'.repeat(4), 'repeats'],
    ['one character', 'a'.repeat(64), 'repeats'],
    ['few characters', `${'ab'.repeat(20)}c${'ba'.repeat(20)}`, 'too few'],
  ])('is refused when it is %s', (_, secret, problem) => {
    expect(findSecretProblem(secret)).toContain(problem);
  });
});
