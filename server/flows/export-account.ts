import type { SecurityEventKind } from '../../shared/activity.ts';
import type { AccountExport } from '../../shared/export.ts';
import { PRODUCT_NAME } from '../../shared/product.ts';
import type { Notice } from '../../shared/session.ts';
import type { Account } from '../accounts/store.ts';
import { listEvents, recordEvent, type StoredEvent } from '../audit/store.ts';
import type { Db } from '../db/connect.ts';
import { inTransaction } from '../db/transaction.ts';
import { listDevices } from '../devices/store.ts';
import { listMailTokens } from '../mail-tokens/store.ts';
import { listMailTo } from '../mail/store.ts';
import { listNotices } from '../notices/store.ts';
import { listKeptSessionsOf, type Origin, type Session } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import { requireOpenAccount } from './confirm-password.ts';
import type { Deps } from './deps.ts';

/** Everything that is stored about the caller. Fails with `session_revoked` or `throttled`. Recorded: a thief may have asked for it. */
export async function exportAccount(
  deps: Pick<Deps, 'db' | 'clock' | 'limits'>,
  caller: CallerSession,
  origin: Origin,
): Promise<AccountExport> {
  const account = await requireOpenAccount(deps, caller);
  await deps.limits.exportOf(account.id);
  const now = deps.clock.now();
  const accountId = account.id;
  await inTransaction(deps.db, async (trx) => {
    await recordEvent(trx, { kind: 'data_exported', accountId, sessionId: caller.id, origin, now });
  });
  return {
    product: PRODUCT_NAME,
    exportedAt: inIso(now),
    account: describeAccount(account),
    sessions: (await listKeptSessionsOf(deps.db, accountId)).map(describeSession),
    ...(await readTheRest(deps.db, { account, now })),
  };
}

async function readTheRest(db: Db, { account, now }: { account: Account; now: number }) {
  const accountId = account.id;
  const devices = await listDevices(db, accountId);
  const links = await listMailTokens(db, { accountId, now });
  const events = await listEvents(db, { accountId });
  const notices = await listNotices(db, accountId);
  const mail = await listMailTo(db, account.email);
  return {
    devices: devices.map((device) => ({
      firstSeenAt: inIso(device.createdAt),
      lastSeenAt: inIso(device.lastSeenAt),
    })),
    links: links.map((link) => ({
      ...link,
      createdAt: inIso(link.createdAt),
      expiresAt: inIso(link.expiresAt),
    })),
    events: events.map(describeEvent),
    notices: notices.map((notice) => ({
      id: notice.id,
      // Boundary: this column is written by notices/store.ts alone.
      kind: notice.kind as Notice['kind'],
      sessionId: notice.session_id,
      createdAt: inIso(notice.created_at),
      ip: notice.ip,
      userAgent: notice.user_agent,
    })),
    mail: mail.map((waiting) => ({ ...waiting, createdAt: inIso(waiting.createdAt) })),
  };
}

function describeAccount(account: Account): AccountExport['account'] {
  return {
    id: account.id,
    email: account.email,
    name: account.name,
    createdAt: inIso(account.created_at),
    updatedAt: inIso(account.updated_at),
    hasPassword: account.password_hash !== null,
    ...(account.email_verified_at !== null && { emailVerifiedAt: inIso(account.email_verified_at) }),
    ...(account.scope !== null && { scope: account.scope }),
  };
}

function describeSession(session: Session): AccountExport['sessions'][number] {
  return {
    id: session.id,
    client: session.clientId,
    scope: session.scope,
    createdAt: inIso(session.createdAt),
    lastSeenAt: inIso(session.lastSeenAt),
    ip: session.ip,
    userAgent: session.userAgent,
    ...(session.revokedAt !== null && { endedAt: inIso(session.revokedAt) }),
    ...(session.revokedReason !== null && { endReason: session.revokedReason }),
    ...(session.dpopJkt !== null && { keyThumbprint: session.dpopJkt }),
  };
}

function describeEvent(event: StoredEvent): AccountExport['events'][number] {
  return {
    id: event.id,
    // Boundary: this column is written by audit/store.ts alone.
    kind: event.kind as SecurityEventKind,
    createdAt: inIso(event.created_at),
    ip: event.ip,
    userAgent: event.user_agent,
    ...(event.session_id !== null && { sessionId: event.session_id }),
  };
}

const inIso = (time: number) => new Date(time).toISOString();
