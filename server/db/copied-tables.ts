import type { Schema } from './schema.ts';

/** Whose turn it is concerns the processes on one database, and nobody on another. */
export type CopiedTable = Exclude<keyof Schema, 'turns'>;

/**
 * What moves from one database to another, and the key of each. Keys that sign first: by them a copy that was broken off is
 * known for one. Accounts before what belongs to them.
 */
export const COPIED: Record<CopiedTable, readonly [string, ...string[]]> = {
  signing_keys: ['kid'],
  clients: ['id'],
  accounts: ['id'],
  sessions: ['id'],
  devices: ['account_id', 'token_hash'],
  notices: ['id'],
  security_events: ['id'],
  mail_tokens: ['token_hash'],
  outbox: ['id'],
  local_mail: ['id'],
  throttles: ['key'],
};

/** In the order in which they are copied. */
// Boundary: its own keys, which the type of `Object.keys` forgets.
export const COPIED_TABLES = Object.keys(COPIED) as CopiedTable[];
