import { MAX_ACCESS_TOKEN_TTL, readConfig } from '../config.ts';
import { connect } from '../db/connect.ts';
import { migrate } from '../db/migrate.ts';
import { createChanges } from '../lib/changes.ts';
import { systemClock } from '../lib/clock.ts';
import { createRevocations } from '../sessions/revocations.ts';

/** What a command needs of the server's parts; the server may be running meanwhile. */
export async function openDatabase() {
  const db = connect(readConfig().databaseFile);
  await migrate(db);
  // Of this process alone: the server finds what was ended in the database.
  const revocations = createRevocations(MAX_ACCESS_TOKEN_TTL, createChanges());
  return { db, clock: systemClock, revocations };
}
