import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { insertMailToken, type MailToken } from '../mail-tokens/store.ts';
import { newMailToken } from '../mail-tokens/mail-token.ts';
import { composeLetter, type LetterKind } from '../mail/letters.ts';
import { describeDevice } from '../sessions/device.ts';
import type { Origin } from '../sessions/store.ts';
import type { Deps } from './deps.ts';

type LetterDeps = Pick<Deps, 'mail' | 'publicUrl'>;

interface Letter {
  kind: LetterKind;
  /** Empty: to nobody. It is written, put down and thrown away all the same, so that no time tells (CWE-208). */
  to: string;
  /** Of the call that is the reason for it. */
  origin: Origin;
  now: number;
  newEmail?: string;
  eraseAt?: number;
}

/** Puts a letter down in the transaction that it tells of; after the commit the caller wakes the mail. */
export async function writeLetter(
  deps: LetterDeps,
  trx: Transaction<Schema>,
  letter: Letter & { token?: string; expiresAt?: number },
): Promise<void> {
  const { kind, to, origin, now, expiresAt, ...facts } = letter;
  const { device } = describeDevice(origin.userAgent);
  const { publicUrl } = deps;
  const message = composeLetter(kind, { ...facts, device, ip: origin.ip, at: now, publicUrl });
  const dated = expiresAt === undefined ? message : { ...message, expiresAt };
  await deps.mail.enqueue(trx, { to, ...dated }, now);
}

/** A letter with a link that does something once. The token is in the letter, which is not sent once it is over; the database gets its hash. */
export async function writeLink(
  deps: LetterDeps,
  trx: Transaction<Schema>,
  { link, ...letter }: Letter & { link: MailToken & { life?: number } },
): Promise<void> {
  const { token, hash } = newMailToken();
  const expiresAt = await insertMailToken(trx, { ...link, hash, now: letter.now });
  await writeLetter(deps, trx, { ...letter, token, expiresAt });
}
