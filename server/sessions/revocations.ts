import type { EndReason } from '../../shared/reasons.ts';
import type { RevokedSession } from './revocation-store.ts';

/** Which sessions were ended within the longest life of an access token: asked at every call, so held in memory. */
export interface Revocations {
  /** Why the session is over; undefined while nothing speaks against it. */
  reasonOf(sessionId: string): EndReason | undefined;
  /** After the commit. The first reason stays. */
  add(revoked: RevokedSession): void;
  size(): number;
}

/**
 * `memory`: the longest life of an access token, in milliseconds; after it there is no token left to refuse. So the
 * map is bounded by the revocations of that time. `announce` is called once for each session that is ended.
 */
export function createRevocations(
  memory: number,
  { announce }: { announce: (sessionId: string) => void },
): Revocations {
  const revoked = new Map<string, RevokedSession>();
  return {
    reasonOf: (sessionId) => revoked.get(sessionId)?.reason,
    size: () => revoked.size,
    add(session) {
      // The first time counts. Set again, an entry would keep its place at the head and stop the sweep below.
      if (revoked.has(session.id)) return;
      revoked.set(session.id, session);
      for (const { id, at } of revoked.values()) {
        if (session.at - at <= memory) break;
        revoked.delete(id);
      }
      announce(session.id);
    },
  };
}
