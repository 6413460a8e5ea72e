import type { Transaction } from 'kysely';
import { markVerified } from '../accounts/address-store.ts';
import { insertAccount, type Account } from '../accounts/store.ts';
import { recordEvent } from '../audit/store.ts';
import type { Schema } from '../db/schema.ts';
import { inTransaction } from '../db/transaction.ts';
import { meetDevice } from '../devices/store.ts';
import { Failure } from '../lib/failure.ts';
import { uuidv7 } from '../lib/ids.ts';
import {
  dropMailTokens,
  dropRegistrations,
  redeemMailToken,
  registrationSchema,
  type MailToken,
} from '../mail-tokens/store.ts';
import type { Origin } from '../sessions/store.ts';
import { claimAddress } from './claim-address.ts';
import type { Deps } from './deps.ts';

interface Verification {
  token: string;
  origin: Origin;
}

/**
 * Redeems the link of a registration, which makes the account, or that of an account whose address nobody had confirmed. Nobody
 * is signed in by it: whoever follows a link that somebody else has asked for must not find themselves in an account of theirs.
 * Fails with `token_invalid`, `conflict` when the address has got an account since, or `throttled`.
 */
export async function verifyEmail(deps: Deps, { token, origin }: Verification): Promise<void> {
  await deps.limits.mailTokenFrom(origin.ip);
  const outcome = await inTransaction(deps.db, async (trx) => {
    const now = deps.clock.now();
    const registration = await redeemMailToken(trx, { token, purpose: 'register', now });
    if (registration) return (await makeAccount(trx, registration, { origin, now })) ?? 'conflict';
    const link = await redeemMailToken(trx, { token, purpose: 'verify_email', now });
    return (link && (await confirmAccount(trx, link, { origin, now }))) ?? 'token_invalid';
  });
  // The link is spent whatever came of it, so the failure comes after the commit.
  if (typeof outcome === 'string') throw new Failure(outcome);
  deps.changes.announce(outcome.id);
}

interface Moment {
  origin: Origin;
  now: number;
}

/** Undefined when the address is not to be had any more. */
async function makeAccount(
  trx: Transaction<Schema>,
  { email, payload }: MailToken,
  { origin, now }: Moment,
): Promise<Account | undefined> {
  const { name, passwordHash, deviceHash } = registrationSchema.parse(JSON.parse(payload ?? 'null'));
  // Others who asked for this address, each with a password of their own, asked for nothing.
  await dropRegistrations(trx, email);
  if ((await claimAddress(trx, { email, now })) !== 'free') return undefined;
  const account = await insertAccount(trx, {
    id: uuidv7(now),
    email,
    email_verified_at: now,
    name,
    password_hash: passwordHash,
    disabled_at: null,
    created_at: now,
    updated_at: now,
    scope: null,
    erase_at: null,
  });
  if (!account) return undefined;
  const { id: accountId } = account;
  await meetDevice(trx, { accountId, hash: deviceHash, now });
  await recordEvent(trx, { kind: 'registered', accountId, sessionId: undefined, origin, now });
  return account;
}

/** Undefined when the account has another address by now. */
async function confirmAccount(
  trx: Transaction<Schema>,
  { accountId, email }: MailToken,
  { origin, now }: Moment,
): Promise<Account | undefined> {
  if (accountId === null) return undefined;
  const account = await markVerified(trx, { id: accountId, email, now });
  if (!account) return undefined;
  await dropMailTokens(trx, { accountId, purposes: ['verify_email'] });
  await recordEvent(trx, { kind: 'email_verified', accountId, sessionId: undefined, origin, now });
  return account;
}
