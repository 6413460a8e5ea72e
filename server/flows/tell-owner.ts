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

/** In every page that the owner has open, at their next sign-in, and by mail where that is configured. */
export async function tellOwner(
  { mail, limits, changes, publicUrl }: Pick<Deps, 'mail' | 'limits' | 'changes' | 'publicUrl'>,
  trx: Transaction<Schema>,
  { kind, account, session, origin, now }: News,
): Promise<{ afterCommit: () => void }> {
  const isNews = await insertNotice(trx, { kind, accountId: account.id, sessionId: session.id, origin, now });
  if (isNews && (await limits.mayMail(account.id))) {
    const { device } = describeDevice(origin.userAgent);
    const message = composeNotice(kind, { device, ip: origin.ip, at: now, publicUrl });
    await mail.enqueue(trx, { to: account.email, ...message }, now);
  }
  return {
    afterCommit() {
      changes.announce(account.id);
      mail.wake();
    },
  };
}
