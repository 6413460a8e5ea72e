import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { Db } from '../../server/db/connect.ts';
import { createKeyRing, type KeyRing } from '../../server/keys/key-ring.ts';
import type { KeySettings } from '../../server/keys/rotation.ts';
import { createTestClock, DAY, HOUR } from './clock.ts';
import { openUrl, takeDatabase } from './database.ts';
import { SECRET } from './secret.ts';

export async function freshDatabase(url?: string): Promise<Db> {
  const db = await openUrl(url ?? (await takeDatabase()));
  onTestFinished(() => db.destroy());
  return db;
}

/** As in production, but for what is named. */
async function completeSettings(given: Partial<KeySettings> = {}): Promise<KeySettings> {
  const settings = { secrets: [SECRET], alg: 'ES256', rotation: 30 * DAY, tokenLife: HOUR } as const;
  const clock = given.clock ?? createTestClock();
  return { ...settings, clock, ...given, db: given.db ?? (await freshDatabase()) };
}

export interface Ring extends KeyRing {
  settings: KeySettings;
  logLines: string[];
  /** The `kid` of each published key, in the order in which they sign. */
  kids(): string[];
  /** The `kid` that signs now. */
  signer(): Promise<string>;
}

/** A key ring that does nothing of itself, on a database of its own unless one is given. */
export async function createRing(given: Partial<KeySettings> = {}): Promise<Ring> {
  const logLines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void logLines.push(line) });
  const settings = await completeSettings(given);
  const ring = await createKeyRing({ ...settings, log });
  return {
    ...ring,
    settings,
    logLines,
    kids: () => readKeys(ring).map(({ kid }) => kid),
    signer: async () => (await ring.signing()).kid,
  };
}

interface PublishedJwk extends Record<string, unknown> {
  kid: string;
  alg: string;
}

export function readKeys(ring: Pick<KeyRing, 'published'>): PublishedJwk[] {
  // Boundary: what is published is checked member by member where it matters.
  const { keys } = JSON.parse(ring.published().body) as { keys: PublishedJwk[] };
  return keys;
}
