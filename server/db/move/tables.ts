import { readColumns, type Column } from '../catalog.ts';
import type { Db } from '../connect.ts';
import type { Schema } from '../schema.ts';
import { MoveError } from './move-error.ts';

/**
 * Every table by its primary key, which is text throughout; those that others point to come first. A new table of the schema
 * does not compile until it stands here.
 */
const KEYS = {
  accounts: ['id'],
  clients: ['id'],
  signing_keys: ['kid'],
  sessions: ['id'],
  devices: ['account_id', 'token_hash'],
  notices: ['id'],
  mail_tokens: ['token_hash'],
  security_events: ['id'],
  outbox: ['id'],
  local_mail: ['id'],
  throttles: ['key'],
  turns: ['name'],
} as const satisfies { [Name in keyof Schema]: readonly (keyof Schema[Name])[] };

export interface Table {
  name: string;
  key: readonly string[];
  /** The key first, then the others by name: the same on every engine, however the table came about. */
  columns: readonly Column[];
}

/** In the order in which rows can be written. */
export async function readTables(db: Db): Promise<Table[]> {
  const tables = Object.entries(KEYS).map(async ([name, key]): Promise<Table> => {
    const columns = await readColumns(db, name);
    const isKey = (column: Column) => key.some((each) => each === column.name);
    const others = columns.filter((column) => !isKey(column));
    return {
      name,
      key,
      columns: [...columns.filter(isKey).toSorted(byName), ...others.toSorted(byName)],
    };
  });
  return Promise.all(tables);
}

/** Both have been migrated by this version; whoever has added a column by hand would lose what is in it. */
export function requireSameColumns(source: readonly Table[], target: readonly Table[]): void {
  for (const [index, { name, columns }] of source.entries()) {
    const others = target[index]?.columns ?? [];
    const isSame =
      columns.length === others.length &&
      columns.every((column, place) => column.name === others[place]?.name);
    if (!isSame) throw new MoveError(`${name}: the two databases have different columns`);
  }
}

function byName(a: Column, b: Column): number {
  return a.name < b.name ? -1 : 1;
}
