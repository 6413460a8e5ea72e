import { expect } from 'vitest';
import { createHold } from '../support/fault-proxy.ts';
import type { WebClient } from '../support/web-client.ts';
import { attemptRefresh, type RacedSession } from './raced-session.ts';

/** Refreshes that are under way around something that happens to their session. Of each part, the outcomes. */
export interface Flights {
  callers: WebClient[];
  /** Call when it is about to happen. */
  takeOff(): void;
  /** Call when it has happened. */
  land(): Promise<{ early: string[]; late: string[]; meanwhile: string[] }>;
}

/**
 * A third of the callers have been served and wait for their answer (`early`), a third have not reached the server
 * yet (`late`), and a third go out together with what happens (`meanwhile`).
 */
export async function prepareFlights(session: RacedSession, count: number): Promise<Flights> {
  const [answered, asking] = [createHold(), createHold()];
  const roads = [{ answer: answered.wait }, { request: asking.wait }, {}];
  const callers = await Promise.all(
    Array.from({ length: count }, (_, index) => session.caller(roads[index % roads.length])),
  );
  const refreshPart = (part: number) =>
    callers.filter((_, index) => index % roads.length === part).map(attemptRefresh);
  const early = refreshPart(0);
  await answered.untilWaiting(early.length);
  const late = refreshPart(1);
  await asking.untilWaiting(late.length);
  let meanwhile: Promise<string>[] = [];
  return {
    callers,
    takeOff: () => void (meanwhile = refreshPart(2)),
    async land() {
      answered.open();
      asking.open();
      return {
        early: await Promise.all(early),
        late: await Promise.all(late),
        meanwhile: await Promise.all(meanwhile),
      };
    },
  };
}

/** The landing after the session was ended. What the early ones were given is for the judge. */
export async function landEnded(flights: Flights): Promise<void> {
  const { early, late, meanwhile } = await flights.land();
  expect(new Set(early)).toEqual(new Set(['succeeded']));
  expect(new Set(late)).toEqual(new Set(['session_revoked']));
  expect(['succeeded', 'session_revoked']).toEqual(expect.arrayContaining(meanwhile));
}
