/**
 * The sessions that ended so recently that one of their access tokens may still be unexpired. It is asked on
 * every call, so it is memory, not the database; the database is where it is read from at the start, and what
 * is written here was committed there first (Keycloak CVE-2026-9802: revoked tokens that a restart revived).
 */
export interface Revocations {
  has(sessionId: string): boolean;
  /** `at`: when it was revoked, in milliseconds. */
  add(sessionId: string, at: number): void;
  size(): number;
}

/**
 * `memory` is how long a revocation matters, in milliseconds: the longest life an access token can have had.
 * Older entries go as new ones come, so the map is bounded by the revocations of that time.
 */
export function createRevocations(memory: number): Revocations {
  const revokedAt = new Map<string, number>();
  return {
    has: (sessionId) => revokedAt.has(sessionId),
    size: () => revokedAt.size,
    add(sessionId, at) {
      // The first time counts. Set again, an entry would keep its place at the head and stop the sweep below.
      if (revokedAt.has(sessionId)) return;
      revokedAt.set(sessionId, at);
      for (const [id, then] of revokedAt) {
        if (at - then <= memory) break;
        revokedAt.delete(id);
      }
    },
  };
}
