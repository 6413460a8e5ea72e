import type { SessionView } from '../../shared/session.ts';
import { isLive } from '../sessions/decide.ts';
import { describeDevice } from '../sessions/device.ts';
import { listSessionsOf } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';

/** Everything that can still be used to act as this person: the session that asks first, then the last used. */
export async function listSessions(
  { db, clock, sessionLimits }: Pick<Deps, 'db' | 'clock' | 'sessionLimits'>,
  caller: CallerSession,
): Promise<SessionView[]> {
  const now = clock.now();
  const sessions = await listSessionsOf(db, caller.accountId);
  return sessions
    .filter((session) => isLive(session, { now, limits: sessionLimits }))
    .map((session) => ({
      id: session.id,
      current: session.id === caller.id,
      createdAt: new Date(session.createdAt).toISOString(),
      lastSeenAt: new Date(session.lastSeenAt).toISOString(),
      ip: session.ip,
      userAgent: session.userAgent,
      ...describeDevice(session.userAgent),
    }))
    .toSorted((a, b) => Number(b.current) - Number(a.current));
}
