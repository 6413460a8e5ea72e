import type { Notice } from '../../shared/session.ts';
import { Failure } from '../lib/failure.ts';
import { deleteNotice, listNotices } from '../notices/store.ts';
import { describeDevice } from '../sessions/device.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';

type KnownKind = Notice['kind'];

/**
 * What the person has yet to read. A sign-in is not told to the session that it began: whoever signed in from a new
 * device knows, and if it was a stranger, they could put the notice away before its owner sees it.
 */
export async function readNotices({ db }: Pick<Deps, 'db'>, caller: CallerSession): Promise<Notice[]> {
  const notices = await listNotices(db, caller.accountId);
  return notices
    .filter((notice) => notice.session_id !== caller.id)
    .map((notice) => ({
      id: notice.id,
      // Boundary: this column is written by notices/store.ts alone.
      kind: notice.kind as KnownKind,
      createdAt: new Date(notice.created_at).toISOString(),
      sessionId: notice.session_id,
      ip: notice.ip,
      device: describeDevice(notice.user_agent).device,
    }));
}

/** In every page of the person. Somebody else's notice, and one about the caller's own session, is `not_found`. */
export async function dismissNotice(
  { db, changes }: Pick<Deps, 'db' | 'changes'>,
  { accountId, id: sessionId }: CallerSession,
  { id }: { id: string },
): Promise<void> {
  if (!(await deleteNotice(db, { id, accountId, exceptAbout: sessionId }))) throw new Failure('not_found');
  changes.announce(accountId);
}
