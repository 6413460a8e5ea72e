import type { KeyObject } from 'node:crypto';
import type { CryptoKey, JWK } from 'jose';
import { entityTagOf } from '../lib/entity-tag.ts';
import type { Logger } from '../lib/logger.ts';
import { prepareKeys, tendKeys, unreadable, type KeySettings } from './rotation.ts';
import { signerAt } from './schedule.ts';
import { importKey, importPrivateKey, openPrivateJwk, readPublicJwk } from './signing-key.ts';
import { listKeys, type StoredKey } from './store.ts';

/** Milliseconds between looks at what other processes have published or taken out. */
export const LOOK_INTERVAL = 1_000;

/**
 * Milliseconds without a look after which memory is not believed: this process has been stopped or starved. Less than
 * SHORT_LEAD: a key that was published in the meantime does not sign anywhere yet.
 */
const STALE_AFTER = 2_500;

/** Milliseconds between looks for a key that nobody knows: whoever invents names costs one query a second. */
const SEARCH_INTERVAL = 1_000;

export interface SigningKey {
  kid: string;
  alg: string;
  privateKey: KeyObject;
}

export interface VerificationKey {
  alg: string;
  publicKey: CryptoKey;
}

/** RFC 7517 §5, ready to be sent. */
export interface PublishedKeys {
  body: string;
  /** Strong (RFC 9110 §8.8.3), with its quotes. The same for the same keys, in each process. */
  etag: string;
}

/** The keys of the database, in memory. The table is the truth: what is in it is published and accepted. */
export interface KeyRing {
  /** The key that signs at this moment, by the clock. */
  signing(): Promise<SigningKey>;
  /** Whether `find` would give this key without asking the database. */
  knows(kid: string): boolean;
  /** By `kid`: nothing else in a token's header may choose a key. */
  find(kid: string): Promise<VerificationKey | undefined>;
  published(): PublishedKeys;
  /** Reads what is in the table now. Fails when the database does not answer. */
  look(): Promise<void>;
  /** Publishes the next key and removes spent ones, where it is time. */
  tend(): Promise<void>;
}

interface RingKey extends VerificationKey {
  kid: string;
  active_from: number;
  jwk: JWK;
  /** Only of a key that signs or will; undefined also where no secret opens it. */
  privateKey: KeyObject | undefined;
}

/**
 * Makes the first key where there is none. A key that signs or will sign and that no secret opens stops the start:
 * going on with a new key would sign everybody out and hide that the secret was lost.
 */
export async function createKeyRing(settings: KeySettings & { log: Logger }): Promise<KeyRing> {
  const { db, clock, log } = settings;
  await prepareKeys(settings);

  let keys: readonly RingKey[] = [];
  let byKid: ReadonlyMap<string, RingKey> = new Map();
  let published = publish(keys);
  let lookedAt = -Infinity;
  let searchedAt = -Infinity;
  let searching = Promise.resolve();
  let looking = Promise.resolve();

  const isFresh = () => Math.abs(clock.now() - lookedAt) <= STALE_AFTER;

  await look();
  if (needed(keys, clock.now()).some((key) => !key.privateKey)) throw unreadable();

  return {
    async signing() {
      if (!isFresh()) await look();
      const { kid, alg, privateKey } = signerAt(keys.filter(canSign), clock.now()) ?? {};
      if (kid === undefined || alg === undefined || !privateKey) throw unreadable();
      return { kid, alg, privateKey };
    },
    knows: (kid) => isFresh() && byKid.has(kid),
    async find(kid) {
      if (!isFresh()) await look();
      const known = byKid.get(kid);
      if (known) return known;
      if (Math.abs(clock.now() - searchedAt) >= SEARCH_INTERVAL) {
        searchedAt = clock.now();
        searching = look();
      }
      // Whoever comes while somebody looks waits for what that finds.
      await searching;
      return byKid.get(kid);
    },
    published: () => published,
    look,
    async tend() {
      await tendKeys(settings);
      await look();
    },
  };

  /** One after the other: an older one that ends later would bring back a key that is gone. */
  function look(): Promise<void> {
    // One that failed has told its own caller.
    looking = looking.catch(() => undefined).then(read);
    return looking;
  }

  async function read(): Promise<void> {
    const now = clock.now();
    const stored = await listKeys(db);
    const found = isSame(stored, keys) ? keys : await readKeys(stored, now);
    lookedAt = now;
    if (found === keys) return;
    keys = found;
    byKid = new Map(keys.map((key) => [key.kid, key]));
    published = publish(keys);
  }

  /** What is known already is not imported again. */
  async function readKeys(stored: readonly StoredKey[], now: number): Promise<RingKey[]> {
    const used = new Set(needed(stored, now));
    return Promise.all(
      stored.map(async (key) => {
        const known = byKid.get(key.kid);
        if (known) return { ...known, active_from: key.active_from };
        const jwk = readPublicJwk(key);
        const privateJwk = await openPrivateJwk(db, settings.secrets, key);
        if (used.has(key) && !privateJwk)
          log.error({ kid: key.kid }, 'no secret opens a signing key: the one before it goes on');
        return {
          kid: key.kid,
          alg: key.alg,
          active_from: key.active_from,
          jwk,
          publicKey: await importKey(jwk),
          privateKey: used.has(key) && privateJwk ? importPrivateKey(privateJwk) : undefined,
        };
      }),
    );
  }
}

/** Those that sign now or later. The private part of the others is of no use to anybody. */
function needed<Key extends Pick<StoredKey, 'kid' | 'active_from'>>(
  keys: readonly Key[],
  now: number,
): Key[] {
  const signer = signerAt(keys, now);
  return keys.filter((key) => key === signer || key.active_from > now);
}

function canSign(key: RingKey): boolean {
  return key.privateKey !== undefined;
}

function isSame(stored: readonly StoredKey[], keys: readonly RingKey[]): boolean {
  return (
    stored.length === keys.length &&
    stored.every(({ kid, active_from }, index) => {
      const key = keys[index];
      return key?.kid === kid && key.active_from === active_from;
    })
  );
}

function publish(keys: readonly RingKey[]): PublishedKeys {
  const body = JSON.stringify({ keys: keys.map(({ jwk }) => jwk) });
  return { body, etag: entityTagOf(body) };
}
