import { setTimeout as sleep } from 'node:timers/promises';

/** What comes of `work` within so many milliseconds; undefined after them, and then nobody hears what becomes of it. */
export async function within<Result>(limit: number, work: Promise<Result>): Promise<Result | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([work, sleep(limit, undefined, { signal: over.signal })]);
  } finally {
    over.abort();
  }
}
