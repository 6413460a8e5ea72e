import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';

/** Where mail goes: out; into the mailbox of this machine; nowhere. */
export type MailPlace = 'sent' | 'local' | 'off';

export interface OutgoingMail {
  /** Empty: for nobody. It takes the same way as any other, up to the hand-over, and is dropped there. */
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Milliseconds since the epoch: what it says is of no use from then on. Left out: news for as long as mail is kept. */
  expiresAt?: number;
}

/** Outgoing mail, never in a request's path: it is put down in the transaction that it tells of, and sent afterwards. */
export interface Mail {
  enqueue(trx: Transaction<Schema>, mail: OutgoingMail, now: number): Promise<void>;
  /** After the commit: there may be something to send. */
  wake(): void;
  /** From now on mail is sent of itself. */
  start(): void;
  /** Hands over what is due. Never fails: what goes wrong is in the log, and the mail stays where it is. */
  deliver(): Promise<void>;
  /** Sends nothing more; waits for the mail that is being handed over, for a few seconds at most. */
  close(): Promise<void>;
}

/** Without `SMTP_URL`, elsewhere than on one's own machine. Whoever should be told is told at the next sign-in. */
export const NO_MAIL: Mail = {
  enqueue: async () => {},
  wake: () => {},
  start: () => {},
  deliver: async () => {},
  close: async () => {},
};
