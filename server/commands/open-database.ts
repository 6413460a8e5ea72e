import { existsSync } from 'node:fs';
import { MAX_ACCESS_TOKEN_TTL, readConfig } from '../config.ts';
import { openDatabase, type DatabasePlace, type Db } from '../db/connect.ts';
import { isDeviceOf } from '../devices/store.ts';
import { createChanges } from '../lib/changes.ts';
import { systemClock } from '../lib/clock.ts';
import { createRevocations } from '../sessions/revocations.ts';
import { createLimits } from '../throttle/limits.ts';

/** What a command needs of the server's parts; the server may be running meanwhile. */
export async function openParts() {
  const { database, secrets } = readConfig();
  const db = await openPlace(database);
  // Of this process alone: the server finds what was ended in the database.
  const revocations = createRevocations(MAX_ACCESS_TOKEN_TTL, createChanges());
  // Whatever `RATE_LIMIT` says here: the server's may be on.
  const limits = createLimits({ db, clock: systemClock, secrets, isKnownDevice: isDeviceOf });
  return { db, clock: systemClock, revocations, limits };
}

/** An operator whose shell lacks the server's `DATA_DIR` would otherwise not see that this is another database. */
export async function openPlace(place: DatabasePlace): Promise<Db> {
  if (place.engine === 'sqlite' && !existsSync(place.file))
    process.stderr.write(`There was no database yet: made ${place.file}\n`);
  return openDatabase(place);
}
