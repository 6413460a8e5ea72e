import { createHash } from 'node:crypto';
import type { Db } from '../connect.ts';
import { readRows, type Row, type Watch } from './rows.ts';
import type { Table } from './tables.ts';

const MODULUS = 1n << 256n;

/** Of the rows of a table, whatever their order and wherever they are stored. */
export interface Sum {
  rows: number;
  /** 64 hexadecimal digits. */
  checksum: string;
}

/**
 * The SHA-256 of each row, as JSON in the order of the table's columns, added up. It finds what was lost, doubled or changed on the way; it is no
 * signature: somebody who may write both databases could make another set of rows with the same sum.
 */
export async function sumTable(db: Db, table: Table, watch: Watch): Promise<Sum> {
  let rows = 0;
  let sum = 0n;
  for await (const row of readRows(db, table, watch)) {
    rows += 1;
    sum = (sum + digestOf(row)) % MODULUS;
  }
  return { rows, checksum: sum.toString(16).padStart(64, '0') };
}

function digestOf(row: Row): bigint {
  return BigInt(`0x${createHash('sha256').update(JSON.stringify(row)).digest('hex')}`);
}
