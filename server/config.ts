import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { z } from 'zod';
import { DEFAULT_MIN_LENGTH, LOWEST_MIN_LENGTH } from '../shared/password-policy.ts';
import {
  databaseUrl,
  duration,
  listOf,
  LOOPBACK,
  onOff,
  origin,
  pwnedPasswords,
  readBy,
  wholeNumber,
} from './config-values.ts';
import type { DatabasePlace } from './db/connect.ts';
import type { MailPlace } from './mail/mail.ts';
import { parseSender, parseSmtpUrl, type Sender, type SmtpServer } from './mail/settings.ts';
import { isAddressRange } from './throttle/address.ts';
import { parseRotation } from './keys/schedule.ts';
import { findSecretProblem, keepSecret } from './keys/secret.ts';
import { ALGORITHMS, type Algorithm } from './keys/signing-key.ts';

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const DAY = 86_400_000;
const SQLITE = 'sqlite:';

/** Some three seconds a sign-in; more would only be a way to keep the server busy. */
export const MAX_BCRYPT_COST = 15;

/** A revocation must be remembered this long: no access token, whatever the setting was then, lives longer. */
export const MAX_ACCESS_TOKEN_TTL = 60 * 60_000;

/** Empty means unset, as in every `.env` file with a line left blank. */
const environmentSchema = z.object({
  NODE_ENV: z.string().default('production'),
  PORT: wholeNumber(1, 65_535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: origin.optional(),
  ALLOW_INSECURE_HTTP: z.enum(['0', '1'], 'expected 0 or 1').default('0'),
  DATA_DIR: z.string().default('./data'),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_POOL_SIZE: wholeNumber(1, 200).default(10),
  AUTH_SECRET: listOf(z.string()).optional(),
  ACCESS_TOKEN_TTL: duration(1000, MAX_ACCESS_TOKEN_TTL, '1m to 60m').default(15 * 60_000),
  SIGNING_ALG: z.enum(ALGORITHMS, `expected ${ALGORITHMS.join(', ')}`).default('ES256'),
  KEY_ROTATION: readBy(parseRotation, 'expected a duration such as 30d, 1d to 400d, or off').default(
    30 * DAY,
  ),
  SESSION_IDLE_TTL: duration(1000, 400 * DAY, '1s to 400d').default(14 * DAY),
  SESSION_MAX_TTL: duration(1000, 400 * DAY, '1s to 400d').default(90 * DAY),
  REFRESH_GRACE: duration(0, 60 * 60_000, '0 to 60m').default(30_000),
  BCRYPT_COST: wholeNumber(4, MAX_BCRYPT_COST).default(12),
  PASSWORD_MIN_LENGTH: wholeNumber(LOWEST_MIN_LENGTH, 64).default(DEFAULT_MIN_LENGTH),
  PWNED_PASSWORDS: pwnedPasswords.optional(),
  PASSWORD_GRANT: onOff.default('on'),
  DRAIN_DELAY: duration(0, 5 * 60_000, '0 to 5m').default(0),
  TRUST_PROXY: listOf(z.string().refine(isAddressRange, 'expected addresses or CIDR ranges')).default([]),
  ALLOWED_ORIGINS: listOf(origin.transform((text) => new URL(text).origin)).default([]),
  SMTP_URL: readBy(
    parseSmtpUrl,
    'expected smtps://USER:PASSWORD@HOST or smtp://HOST:PORT, credentials percent-encoded, no options',
  ).optional(),
  MAIL_FROM: readBy(parseSender, 'expected one address, such as Sallyport <login@example.com>').optional(),
  METRICS_PORT: wholeNumber(1, 65_535).optional(),
  METRICS_HOST: z.string().default('127.0.0.1'),
  PLAIN_CALLS: onOff.default('on'),
  RATE_LIMIT: onOff.default('on'),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'expected a pino level such as info',
    )
    .default('info'),
});

/** Everything the process was told, checked once. Durations are milliseconds. */
export interface Config {
  port: number;
  host: string;
  /** Origin without a trailing slash: the issuer of tokens (RFC 9068 §2.2), the audience, cookie security. */
  publicUrl: string;
  secure: boolean;
  database: DatabasePlace;
  /** The first signs and encrypts, all are accepted. Never logged. */
  secrets: [string, ...string[]];
  accessTokenTtl: number;
  signingAlg: Algorithm;
  /** Infinity: keys are replaced by the operator alone. */
  keyRotation: number;
  sessionIdleTtl: number;
  sessionMaxTtl: number;
  refreshGrace: number;
  bcryptCost: number;
  passwordMinLength: number;
  /** Where new passwords are looked up among stolen ones; undefined: nowhere. */
  pwnedPasswords: URL | undefined;
  /** Whether clients may trade a person's password for tokens at the token endpoint. */
  passwordGrant: boolean;
  /** How long it goes on serving after SIGTERM, so that a load balancer hears of the stop before it comes. */
  drainDelay: number;
  trustProxy: string[];
  allowedOrigins: string[];
  /** Undefined: no mail goes out. */
  mail: { server: SmtpServer; sender: Sender } | undefined;
  /**
   * Where mail goes: `local` is the mailbox at /dev/mailbox, which whoever reaches the server can read. So only where that is
   * nobody but the person at this machine: `PUBLIC_URL` and `HOST` are both loopback, and no proxy brings in others.
   */
  mailPlace: MailPlace;
  /** False: every call takes tRPC's own HTTP adapter, see http/plain-call.ts. */
  plainCalls: boolean;
  /** Where metrics are shown; undefined: nothing is counted. Of its own: HOST may be open to the world, and they ask for no credentials. */
  metrics: { port: number; host: string } | undefined;
  rateLimit: boolean;
  logLevel: string;
}

/** Reads `.env` beside the process, then the environment over it. The one reader of `process.env`. */
export function readConfig(): Config {
  const file = readEnvFile('.env');
  refuseUnknown(file);
  return parseConfig({ ...file, ...process.env });
}

/** Fails with one line that names the variable; nothing is guessed and nothing falls back after a bad value. */
export function parseConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${String(issue?.path[0])}: ${issue?.message ?? 'not usable'}`);
  }
  const values = parsed.data;
  const publicUrl = new URL(values.PUBLIC_URL ?? `http://localhost:${values.PORT}`);
  requireSafeTransport(publicUrl, values.ALLOW_INSECURE_HTTP === '1');
  const testing = values.NODE_ENV === 'test';
  if (values.BCRYPT_COST < 10 && !testing)
    throw new ConfigError('BCRYPT_COST: expected 10 to 15 (less only with NODE_ENV=test)');
  if (values.ACCESS_TOKEN_TTL < 60_000 && !testing)
    throw new ConfigError('ACCESS_TOKEN_TTL: expected 1m to 60m (less only with NODE_ENV=test)');
  if (values.METRICS_PORT === values.PORT)
    throw new ConfigError('METRICS_PORT: expected another than PORT: metrics are not for everybody');
  const mail = requireBoth(values.SMTP_URL, values.MAIL_FROM);
  const names = [publicUrl.hostname, bracketed(values.HOST)];
  const isLocal = names.every((name) => LOOPBACK.includes(name)) && values.TRUST_PROXY.length === 0;
  const dataDir = resolve(values.DATA_DIR);
  makeDataDir(dataDir);
  return {
    port: values.PORT,
    host: values.HOST,
    publicUrl: publicUrl.origin,
    secure: publicUrl.protocol === 'https:',
    database: placeDatabase(values.DATABASE_URL, { dataDir, poolSize: values.DATABASE_POOL_SIZE }),
    secrets: requireSecrets(values.AUTH_SECRET, dataDir),
    accessTokenTtl: values.ACCESS_TOKEN_TTL,
    signingAlg: values.SIGNING_ALG,
    keyRotation: values.KEY_ROTATION,
    sessionIdleTtl: values.SESSION_IDLE_TTL,
    sessionMaxTtl: values.SESSION_MAX_TTL,
    refreshGrace: values.REFRESH_GRACE,
    bcryptCost: values.BCRYPT_COST,
    passwordMinLength: values.PASSWORD_MIN_LENGTH,
    pwnedPasswords: values.PWNED_PASSWORDS,
    passwordGrant: values.PASSWORD_GRANT === 'on',
    drainDelay: values.DRAIN_DELAY,
    trustProxy: values.TRUST_PROXY,
    allowedOrigins: values.ALLOWED_ORIGINS,
    mail,
    mailPlace: mail ? 'sent' : isLocal ? 'local' : 'off',
    plainCalls: values.PLAIN_CALLS === 'on',
    metrics:
      values.METRICS_PORT === undefined
        ? undefined
        : { port: values.METRICS_PORT, host: values.METRICS_HOST },
    rateLimit: values.RATE_LIMIT === 'on',
    logLevel: values.LOG_LEVEL,
  };
}

function placeDatabase(
  url: string | undefined,
  { dataDir, poolSize }: { dataDir: string; poolSize: number },
): DatabasePlace {
  if (url && !url.startsWith(SQLITE)) return { engine: 'postgres', url, poolSize };
  return { engine: 'sqlite', file: url?.slice(SQLITE.length) || join(dataDir, 'sallyport.db') };
}

/** An IPv6 address as it stands in a URL. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The tutorial's mistake is a bearer token over plain http: outside the own machine that has to be asked for. */
function requireSafeTransport(publicUrl: URL, insecureAllowed: boolean): void {
  if (publicUrl.protocol === 'https:' || LOOPBACK.includes(publicUrl.hostname) || insecureAllowed) return;
  throw new ConfigError(
    'PUBLIC_URL: expected https: (plain http: is for localhost, or ALLOW_INSECURE_HTTP=1)',
  );
}

/** One of them alone is half a thought: mail that somebody counts on would never leave. */
function requireBoth(server: SmtpServer | undefined, sender: Sender | undefined): Config['mail'] {
  if (server && sender) return { server, sender };
  if (server) throw new ConfigError('MAIL_FROM: needed with SMTP_URL: the address that mail comes from');
  if (sender) throw new ConfigError('MAIL_FROM: does nothing without SMTP_URL; set both or neither');
  return undefined;
}

function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK);
  } catch (error) {
    throw new ConfigError(`DATA_DIR: ${dataDir} cannot be written`, { cause: error });
  }
}

function requireSecrets(given: string[] | undefined, dataDir: string): [string, ...string[]] {
  const [first, ...others] = given ?? [keepSecret(dataDir)];
  if (first === undefined) throw new ConfigError('AUTH_SECRET: expected at least one secret');
  for (const secret of [first, ...others]) {
    const problem = findSecretProblem(secret);
    if (problem) throw new ConfigError(`AUTH_SECRET: ${problem}; make one with: openssl rand -base64 48`);
  }
  return [first, ...others];
}

/**
 * A misspelt name would leave its variable at the default, unseen. Only of the file can that be told: the
 * environment is full of other programs' names. What your own code reads belongs into the schema above.
 */
function refuseUnknown(file: Record<string, string | undefined>): void {
  const unknown = Object.keys(file).find((name) => !Object.hasOwn(environmentSchema.shape, name));
  if (unknown !== undefined) throw new ConfigError(`${unknown}: there is no such variable (in .env)`);
}

function readEnvFile(path: string): Record<string, string | undefined> {
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
}
