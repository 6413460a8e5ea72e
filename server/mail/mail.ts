import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';

export interface OutgoingMail {
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Outgoing mail, never in a request's path: it is put down in the transaction that it tells of, and sent afterwards. */
export interface Mail {
  enqueue(trx: Transaction<Schema>, mail: OutgoingMail, now: number): Promise<void>;
  /** After the commit: there may be something to send. */
  wake(): void;
  close(): Promise<void>;
}

/** Without `SMTP_URL`. Whoever should be told is told at the next sign-in. */
export const NO_MAIL: Mail = { enqueue: async () => {}, wake: () => {}, close: async () => {} };
