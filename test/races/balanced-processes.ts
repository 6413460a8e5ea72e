import { expect } from 'vitest';
import { SERVED_BY, type Balancer } from '../support/balancer.ts';
import type { Answer, Passage } from '../support/fault-proxy.ts';
import { createTestClock } from '../support/clock.ts';
import type { Fleet } from '../support/fleet.ts';
import { judge } from './judge.ts';
import { allRefresh, attemptRefresh, openSession, type TimedPlace } from './raced-session.ts';

/** The clock stands for steps between calls only: the processes have their own, and a grace that no test outlasts. */
export function placeOf(fleet: Fleet, balancer: Balancer): TimedPlace {
  return { port: balancer.port, processes: fleet.ports, clock: createTestClock() };
}

/** The first answer has left its process and goes no further, for that process dies there. The others go on. */
export async function oneOfThemKilled(
  { fleet, balancer }: { fleet: Fleet; balancer: Balancer },
  count: number,
): Promise<void> {
  const session = await openSession(placeOf(fleet, balancer));
  let killed: number | undefined;
  const answer = (given: Answer): Passage => {
    if (killed !== undefined) return 'pass';
    killed = Number(given.headers[given.headers.indexOf(SERVED_BY) + 1]);
    fleet.at(killed).child.kill('SIGKILL');
    return 'lost';
  };
  const callers = await session.callers(count, { answer });
  const outcomes = await Promise.all(callers.map(attemptRefresh));
  // Whoever was at that process has no answer either.
  expect(['lost', 'succeeded']).toEqual(expect.arrayContaining(outcomes));
  expect(outcomes).toContain('lost');
  expect(killed).toBeDefined();
  expect(await allRefresh(callers)).toEqual(callers.map(() => 'succeeded'));
  await fleet.startAgain(killed ?? 0);
  await balancer.untilIn(killed ?? 0);
  await judge(session, { signedIn: callers });
}
