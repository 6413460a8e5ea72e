import type { Notice } from '../../shared/session.ts';
import { findDevice } from '../devices/store.ts';
import { Failure } from '../lib/failure.ts';
import { deleteNotice, findNotice, listNotices, type StoredNotice } from '../notices/store.ts';
import { describeDevice } from '../sessions/device.ts';
import { findSession } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';

const WEEK = 7 * 24 * 60 * 60_000;

type KnownKind = Notice['kind'];
type NoticeDeps = Pick<Deps, 'db' | 'clock'>;

/** What the person has yet to read. A sign-in is not told to the session that it began, which knows. */
export async function readNotices(deps: NoticeDeps, caller: CallerSession): Promise<Notice[]> {
  const stored = await listNotices(deps.db, caller.accountId);
  const notices = stored.filter((notice) => notice.session_id !== caller.id);
  if (notices.length === 0) return [];
  const knownSince = await findKnownSince(deps, caller);
  return notices.map((notice) => ({
    id: notice.id,
    // Boundary: this column is written by notices/store.ts alone.
    kind: notice.kind as KnownKind,
    createdAt: new Date(notice.created_at).toISOString(),
    sessionId: notice.session_id,
    ip: notice.ip,
    device: describeDevice(notice.user_agent).device,
    dismissible: mayDismiss(deps, notice, knownSince),
  }));
}

/**
 * In every page of the person. `not_found` for somebody else's notice, one about the caller's own session, and one that
 * this device may not put away.
 */
export async function dismissNotice(
  deps: Pick<Deps, 'db' | 'clock' | 'changes'>,
  caller: CallerSession,
  { id }: { id: string },
): Promise<void> {
  const { accountId } = caller;
  const notice = await findNotice(deps.db, { id, accountId });
  const isForeign = !notice || notice.session_id === caller.id;
  if (isForeign || !mayDismiss(deps, notice, await findKnownSince(deps, caller)))
    throw new Failure('not_found');
  await deleteNotice(deps.db, id);
  deps.changes.announce(accountId);
}

/**
 * A thief who signs in could put away the notice about himself, from a second session if not from the first. So only a
 * device that was known before it happened may do that, or one that the owner has let be for a week.
 */
function mayDismiss({ clock }: Pick<Deps, 'clock'>, notice: StoredNotice, knownSince: number): boolean {
  return knownSince < notice.created_at || clock.now() - knownSince >= WEEK;
}

/** Of the caller's device; milliseconds since the epoch. Only now, when its sign-in was put out. */
async function findKnownSince({ db, clock }: NoticeDeps, caller: CallerSession): Promise<number> {
  const session = await findSession(db, caller.id);
  if (!session) return clock.now();
  // Signed in before devices were known.
  if (session.deviceHash === null) return session.createdAt;
  return (await findDevice(db, { accountId: caller.accountId, hash: session.deviceHash })) ?? clock.now();
}
