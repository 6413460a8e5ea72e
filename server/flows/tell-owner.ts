import type { Transaction } from 'kysely';
import type { Account } from '../accounts/store.ts';
import type { Schema } from '../db/schema.ts';
import { composeNotice } from '../mail/messages.ts';
import { insertNotice, type NoticeKind } from '../notices/store.ts';
import { describeDevice } from '../sessions/device.ts';
import type { Origin } from '../sessions/store.ts';
import type { Deps } from './deps.ts';

interface News {
  kind: NoticeKind;
  account: Pick<Account, 'id' | 'email'>;
  session: { id: string };
  origin: Origin;
  now: number;
}

/**
 * At their next look and, where that is configured, by mail. After the commit the caller announces the account and wakes
 * the mail.
 */
export async function tellOwner(
  { mail, limits, publicUrl }: Pick<Deps, 'mail' | 'limits' | 'publicUrl'>,
  trx: Transaction<Schema>,
  { kind, account, session, origin, now }: News,
): Promise<void> {
  const isNews = await insertNotice(trx, { kind, accountId: account.id, sessionId: session.id, origin, now });
  if (isNews && (await limits.mayMail(trx, account.id))) {
    const { device } = describeDevice(origin.userAgent);
    const message = composeNotice(kind, { device, ip: origin.ip, at: now, publicUrl });
    await mail.enqueue(trx, { to: account.email, ...message }, now);
  }
}
