import { createHash } from 'node:crypto';
import type { Logger } from '../lib/logger.ts';

/** Have I Been Pwned; a mirror of one's own answers `GET /range/ABCDE` in the same way. */
export const PWNED_PASSWORDS = 'https://api.pwnedpasswords.com';

/** Milliseconds, for all of it: somebody waits. */
const TIMEOUT = 1000;

/** Bytes. An answer has some 40,000, with padding up to 65,000. */
const MAX_ANSWER = 500_000;

/** SHA-1 is what the service is keyed by; it protects nothing here. */
const PREFIX_LENGTH = 5;

/** The rest of a SHA-1 in hexadecimal, and how often it was seen: 0 for lines that are padding. */
const LINE = /^([0-9A-F]{35}):(\d{1,12})$/;

/** Passwords that were stolen elsewhere, as a service knows them. */
export interface Breaches {
  /** False also when the service does not answer as it should: nobody is kept from an account by its trouble. */
  include(password: string): Promise<boolean>;
}

export const NO_BREACHES: Breaches = { include: async () => false };

interface BreachesOptions {
  service: URL;
  log: Logger;
  /** Milliseconds. */
  timeout?: number;
}

/** Asks by k-anonymity: five hexadecimal digits of the password's SHA-1 leave this machine, shared by 1,800 others. */
export function createBreaches({ service, log, timeout = TIMEOUT }: BreachesOptions): Breaches {
  const root = service.href.replace(/\/$/, '');
  return {
    async include(password) {
      const digest = sha1(password);
      try {
        const range = await fetchRange(`${root}/range/${digest.slice(0, PREFIX_LENGTH)}`, timeout);
        return countOf(digest.slice(PREFIX_LENGTH), range) > 0;
      } catch (error) {
        log.warn({ why: describe(error) }, 'a new password could not be looked up among stolen ones');
        return false;
      }
    },
  };
}

/** Of what is hashed when it is stored: other Unicode forms of a stolen password open the same account. */
function sha1(password: string): string {
  return createHash('sha1').update(password.normalize('NFKC')).digest('hex').toUpperCase();
}

async function fetchRange(url: string, timeout: number): Promise<string> {
  const response = await fetch(url, {
    // Padding makes all answers alike in length to whoever watches the line.
    headers: { 'Add-Padding': 'true', 'User-Agent': 'Sallyport' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeout),
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Trouble(`it answered ${response.status}`);
  }
  return readBounded(response);
}

async function readBounded({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    // Leaving the loop cancels the rest.
    if (size > MAX_ANSWER) throw new Trouble('its answer has no end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

function countOf(wanted: string, range: string): number {
  let count = 0;
  for (const line of range.toUpperCase().split(/\r?\n/)) {
    if (line === '') continue;
    const [, suffix, times] = LINE.exec(line) ?? [];
    if (suffix === undefined) throw new Trouble('its answer is no list of hashes');
    if (suffix === wanted) count = Number(times);
  }
  return count;
}

/** Says no more than this: what fetch throws may hold the address, with five digits of a password's hash in it. */
class Trouble extends Error {}

function describe(error: unknown): string {
  if (error instanceof Trouble) return error.message;
  return error instanceof DOMException && error.name === 'TimeoutError'
    ? 'it took too long'
    : 'it cannot be reached';
}
