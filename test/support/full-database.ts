import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, type DatabasePlace, type Db } from '../../server/db/connect.ts';
import type { Schema } from '../../server/db/schema.ts';
import { temporaryFolder } from './folder.ts';

const FIXTURE = join(import.meta.dirname, '../data/upgrade/0005-found-by-address');

export const TABLES = [
  'accounts',
  'clients',
  'devices',
  'local_mail',
  'mail_tokens',
  'notices',
  'outbox',
  'security_events',
  'sessions',
  'signing_keys',
  'throttles',
  'turns',
] as const satisfies (keyof Schema)[];

/** A file of SQLite with people in the middle of everything, and something in every table. */
export async function fullDatabase(): Promise<{ db: Db; place: DatabasePlace & { engine: 'sqlite' } }> {
  const file = join(temporaryFolder(), 'full.db');
  copyFileSync(`${FIXTURE}.db`, file);
  const place = { engine: 'sqlite' as const, file };
  const db = await openDatabase(place);
  await db.insertInto('turns').values({ name: 'housekeeping', until: 5 }).execute();
  await db
    .insertInto('throttles')
    .values({ key: 'k-_Z', failures: 3, blocked_until: 2 ** 41, expires_at: 2 ** 42 })
    .execute();
  await db
    .insertInto('local_mail')
    .values({
      id: '0',
      recipient: 'ada@example.com',
      subject: 'é "quoted" {a,b} \\ NULL',
      body_text: '',
      body_html: '𝛼 <p>\r\n\t',
      created_at: 0,
    })
    .execute();
  return { db, place };
}

/** Everything that is in it, by table. */
export async function readAll(db: Db): Promise<Record<string, string[]>> {
  const all: Record<string, string[]> = {};
  for (const table of TABLES) {
    const rows: object[] = await db.selectFrom(table).selectAll().execute();
    all[table] = rows
      .map((row) => JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))))
      .toSorted();
  }
  return all;
}
