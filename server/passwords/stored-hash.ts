import { createHash, createHmac } from 'node:crypto';

/**
 * How a stored hash is computed again. `setting` is what bcrypt takes beside the key: version, cost and salt.
 * `keyOf` turns a password into the key.
 */
export interface StoredHash {
  setting: string;
  cost: number;
  keyOf(password: string): string;
  /** bcrypt's own 60 characters, to compare with what comes out. */
  expected: string;
  /** False for every form that is no longer written: its owner gets a new hash at the next sign-in. */
  current: boolean;
}

/** bcrypt doubles its work with each step; a hash that claims more than this was not made in good faith. */
const MAX_COST = 16;

const BCRYPT = /^\$2([aby])\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;
const SHA256_V1 = /^\$bcrypt-sha256\$2([ab]),(\d{1,2})\$([./A-Za-z0-9]{22})\$([./A-Za-z0-9]{31})$/;
const SHA256_V2 = /^\$bcrypt-sha256\$v=2,t=2b,r=(\d{1,2})\$([./A-Za-z0-9]{22})\$([./A-Za-z0-9]{31})$/;

/**
 * Reads Passlib's `bcrypt_sha256` (version 2, which is what this project writes, and version 1) and plain
 * bcrypt. Undefined for anything else: the caller does the same work and lets nobody in.
 */
export function parseStoredHash(text: string): StoredHash | undefined {
  const parsed = parseV2(text) ?? parseV1(text) ?? parseBcrypt(text);
  return parsed && parsed.cost >= 4 && parsed.cost <= MAX_COST ? parsed : undefined;
}

function parseV2(text: string): StoredHash | undefined {
  const [, cost, salt, digest] = SHA256_V2.exec(text) ?? [];
  if (cost === undefined || salt === undefined || digest === undefined) return undefined;
  const setting = bcryptSetting('b', Number(cost), salt);
  const keyOf = (password: string) => v2Key(password, salt);
  return { setting, cost: Number(cost), keyOf, expected: setting + digest, current: true };
}

function parseV1(text: string): StoredHash | undefined {
  const [, version, cost, salt, digest] = SHA256_V1.exec(text) ?? [];
  if (version === undefined || salt === undefined || digest === undefined) return undefined;
  const setting = bcryptSetting(version, Number(cost), salt);
  const keyOf = (password: string) => createHash('sha256').update(normalize(password)).digest('base64');
  return { setting, cost: Number(cost), keyOf, expected: setting + digest, current: false };
}

/** Other systems hashed what was typed, in whatever form it was typed, so it is not normalised here. */
function parseBcrypt(text: string): StoredHash | undefined {
  const [, version, cost, salt, digest] = BCRYPT.exec(text) ?? [];
  if (version === undefined || salt === undefined || digest === undefined) return undefined;
  const setting = bcryptSetting(version, Number(cost), salt);
  return {
    setting,
    cost: Number(cost),
    keyOf: (password) => password,
    expected: setting + digest,
    current: false,
  };
}

/** What to compute for a new hash with this 22-character bcrypt salt, and how to write its result down. */
export function newHash(password: string, { salt, cost }: { salt: string; cost: number }) {
  const setting = bcryptSetting('b', cost, salt);
  return {
    key: v2Key(password, salt),
    setting,
    format: (result: string) => `$bcrypt-sha256$v=2,t=2b,r=${cost}$${salt}$${result.slice(setting.length)}`,
  };
}

/** What no password comes to, for whoever has no hash: made like a new one, so that it never falls behind its cost. */
export function unmatchedHash({ salt, cost }: { salt: string; cost: number }): StoredHash {
  const setting = bcryptSetting('b', cost, salt);
  const keyOf = (password: string) => v2Key(password, salt);
  return { setting, cost, keyOf, expected: setting + '.'.repeat(31), current: true };
}

/**
 * bcrypt reads 72 bytes and stops at a NUL. The HMAC takes the whole password whatever it contains, and the
 * salt as its key keeps a precomputed table of plain SHA-256 digests from being tried ("password shucking").
 */
function v2Key(password: string, salt: string): string {
  return createHmac('sha256', salt).update(normalize(password)).digest('base64');
}

/** NIST SP 800-63B-4 §3.1.1.2: the same password from another keyboard must give the same bytes. */
function normalize(password: string): string {
  return password.normalize('NFKC');
}

function bcryptSetting(version: string, cost: number, salt: string): string {
  return `$2${version}$${String(cost).padStart(2, '0')}$${salt}`;
}
