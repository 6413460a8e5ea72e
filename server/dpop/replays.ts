import { createHash } from 'node:crypto';

/** Some 20 MB at 100 bytes each. Full only if more proofs come within their life than one process can check. */
const MAX_REMEMBERED = 200_000;

export interface Replays {
  /**
   * Notes a proof until it could not be accepted any more (`until`, seconds since the epoch). False when it was here
   * before, `full` when there is no room: forgetting another would let that one be used twice.
   */
  note(proof: { jkt: string; jti: string }, times: { now: number; until: number }): boolean | 'full';
  size(): number;
}

/** RFC 9449 §11.1: each proof once. Of one client's keys none can use up another's identifiers: the key is part of it. */
export function createReplays(limit = MAX_REMEMBERED): Replays {
  // In the order in which they end, since each is kept for the same time: the sweep stops at the first that lives.
  const seen = new Map<string, number>();
  return {
    size: () => seen.size,
    note({ jkt, jti }, { now, until }) {
      for (const [key, end] of seen) {
        if (end >= now) break;
        seen.delete(key);
      }
      const key = createHash('sha256').update(`${jkt} ${jti}`).digest('base64url');
      if (seen.has(key)) return false;
      if (seen.size >= limit) return 'full';
      seen.set(key, until);
      return true;
    },
  };
}
