import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from '../lib/random.ts';

const MIN_BYTES = 32;

/** Secrets that stand in tutorials and templates, and so in every attacker's list. */
const WELL_KNOWN = [
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7', // FastAPI's OAuth2 tutorial
  'changeme',
  'change-me',
  'change_me',
  'replace',
  'your-secret',
  'your_secret',
  'yoursecret',
  'supersecret',
  'super-secret',
  'super_secret',
  'keyboard cat',
  'mysecret',
  'at-least-256-bits', // jwt.io
  '256-bit-secret',
  'ultra-secure', // jsonwebtoken's and NestJS's examples
  'insecure',
  'do-not-use',
];

/** Says in words why a secret is too weak to sign with, or undefined. Refusing at start fails closed. */
export function findSecretProblem(secret: string): string | undefined {
  if (randomBytesAtMost(secret) < MIN_BYTES) return `expected at least ${MIN_BYTES} bytes of randomness`;
  const lower = secret.toLowerCase();
  if (WELL_KNOWN.some((known) => lower.includes(known))) return 'this value is well known';
  if (isPeriodic(secret)) return 'this value repeats itself';
  if (new Set(secret).size < 10) return 'this value has too few different characters';
  return undefined;
}

/** Made of one piece, at most half as long, over and over; the last time perhaps cut short. */
function isPeriodic(secret: string): boolean {
  const periods = Array.from({ length: Math.floor(secret.length / 2) }, (_, index) => index + 1);
  return periods.some((period) => secret.slice(period) === secret.slice(0, -period));
}

/** Hex carries 4 bits a character: 32 hex digits look long and are 16 bytes. Any other text counts as it stands. */
function randomBytesAtMost(secret: string): number {
  return /^[0-9a-f]+$/i.test(secret) ? secret.length / 2 : Buffer.byteLength(secret);
}

/**
 * The secret in `DIR/auth-secret` (mode 0600), made there when there is none. Written whole under another name
 * and then linked: a crash leaves no half of it, and of two processes starting at once both read the winner's.
 */
export function keepSecret(dataDir: string): string {
  const file = join(dataDir, 'auth-secret');
  return readSecret(file) ?? makeSecret(file);
}

function readSecret(file: string): string | undefined {
  try {
    const secret = readFileSync(file, 'utf8').trim();
    chmodSync(file, 0o600);
    return secret;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function makeSecret(file: string): string {
  const secret = randomBytes(48).toString('base64url');
  // Not named after the process: in a container that is 1 each time, and a crash would leave it in the way.
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, `${secret}\n`);
    fsyncSync(handle);
    linkSync(draft, file);
    return secret;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      return readFileSync(file, 'utf8').trim();
    throw error;
  } finally {
    closeSync(handle);
    rmSync(draft);
  }
}
