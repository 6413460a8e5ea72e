import { FIRST_PARTY_CLIENT } from '../../shared/oauth.ts';
import type { SessionView } from '../../shared/session.ts';
import { listClients } from '../clients/store.ts';
import type { Db } from '../db/connect.ts';
import { isLive } from '../sessions/decide.ts';
import { describeDevice } from '../sessions/device.ts';
import { listSessionsOf, type Session } from '../sessions/store.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';

/** Everything that can still be used to act as this person: the session that asks first, then the last used. */
export async function listSessions(
  { db, clock, sessionLimits }: Pick<Deps, 'db' | 'clock' | 'sessionLimits'>,
  caller: CallerSession,
): Promise<SessionView[]> {
  const now = clock.now();
  const sessions = await listSessionsOf(db, { accountId: caller.accountId, now });
  const live = sessions.filter((session) => isLive(session, { now, limits: sessionLimits }));
  const names = await nameClients(db, live);
  return live
    .map((session) => ({
      id: session.id,
      current: session.id === caller.id,
      createdAt: new Date(session.createdAt).toISOString(),
      lastSeenAt: new Date(session.lastSeenAt).toISOString(),
      ip: session.ip,
      userAgent: session.userAgent,
      ...describeDevice(session.userAgent),
      client: names.get(session.clientId),
    }))
    .toSorted((a, b) => Number(b.current) - Number(a.current));
}

/** Of other people's clients, by id. Nobody asks where there are none, as for most people there are not. */
async function nameClients(db: Db, sessions: readonly Session[]): Promise<ReadonlyMap<string, string>> {
  if (sessions.every(({ clientId }) => clientId === FIRST_PARTY_CLIENT)) return new Map();
  const clients = await listClients(db);
  return new Map(clients.filter(({ id }) => id !== FIRST_PARTY_CLIENT).map(({ id, name }) => [id, name]));
}
