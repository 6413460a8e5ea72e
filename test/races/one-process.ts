import { expect } from 'vitest';
import { SECOND } from '../support/clock.ts';
import { createHold, type Passage } from '../support/fault-proxy.ts';
import { landEnded, prepareFlights } from './flights.ts';
import { judge, signOut } from './judge.ts';
import {
  allRefresh,
  attemptRefresh,
  openSession,
  refresh,
  type Place,
  type TimedPlace,
} from './raced-session.ts';

/** The last moment at which a token that was replaced at the first one is still answered. */
const LAST_OF_WINDOW = 30 * SECOND - 1;

export async function sameInstant(place: Place, count: number): Promise<void> {
  const session = await openSession(place);
  const callers = await session.callers(count);
  expect(await allRefresh(callers)).toEqual(callers.map(() => 'succeeded'));
  expect(new Set(callers.map(({ cookie }) => cookie)).size).toBe(1);
  await judge(session, { signedIn: callers });
}

/** Each comes with the first cookie at a moment of its own, after which the one before it rotates once more. */
export async function spreadOverWindow(place: TimedPlace, count: number): Promise<void> {
  const { clock } = place;
  const session = await openSession(place);
  const callers = await session.callers(count);
  const start = clock.now();
  for (const [index, caller] of callers.entries()) {
    clock.advance(start + Math.floor((LAST_OF_WINDOW * index) / (count - 1)) - clock.now());
    expect(await refresh(caller), `caller ${index}`).toBe('succeeded');
    for (const previous of callers.slice(Math.max(0, index - 1), index))
      expect(await refresh(previous)).toBe('succeeded');
  }
  expect(clock.now() - start).toBe(LAST_OF_WINDOW);
  await judge(session, { signedIn: callers });
}

/** The first answer is lost. Its caller asks again at the last moment; by then the others have rotated twice. */
export async function oneResponseLost(place: TimedPlace, count: number): Promise<void> {
  const session = await openSession(place);
  let answers = 0;
  const answer = (): Passage => ((answers += 1) === 1 ? 'lost' : 'pass');
  const callers = await session.callers(count, { answer });
  const outcomes = await Promise.all(callers.map(attemptRefresh));
  expect(outcomes.filter((outcome) => outcome === 'lost')).toHaveLength(1);
  expect(new Set(outcomes)).toEqual(new Set(['lost', 'succeeded']));
  const served = callers.filter((_, index) => outcomes[index] === 'succeeded');
  const unserved = callers.filter((_, index) => outcomes[index] === 'lost');
  for (let again = 0; again < 2; again += 1)
    expect(await allRefresh(served)).toEqual(served.map(() => 'succeeded'));
  place.clock.advance(LAST_OF_WINDOW);
  expect(await allRefresh(unserved)).toEqual(['succeeded']);
  await judge(session, { signedIn: callers });
}

/**
 * The tabs of one browser, with one cookie between them. Every second answer stalls while the session goes on;
 * they come in at last, the newest first, so that the browser is left with the oldest cookie of all.
 */
export async function responsesReordered(place: TimedPlace, count: number): Promise<void> {
  const session = await openSession(place);
  const hold = createHold();
  let calls = 0;
  const answer = (): Promise<Passage> | Passage => {
    calls += 1;
    return calls <= count && calls % 2 === 1 ? hold.wait() : 'pass';
  };
  const browser = await session.caller({ answer });
  const stalled: Promise<string>[] = [];
  for (let tab = 0; tab < count; tab += 1) {
    const refreshed = attemptRefresh(browser);
    if (tab % 2 === 1) expect(await refreshed).toBe('succeeded');
    else stalled.push(refreshed);
    await hold.untilWaiting(stalled.length);
  }
  for (const refreshed of stalled.toReversed()) {
    hold.releaseNewest();
    expect(await refreshed).toBe('succeeded');
  }
  const [, oldestAnswer] = session.cookies;
  expect(browser.cookie).toBe(oldestAnswer);
  place.clock.advance(LAST_OF_WINDOW);
  await judge(session, { signedIn: [browser] });
}

export async function signOutInTheMiddle(place: Place, count: number): Promise<void> {
  const session = await openSession(place);
  const flights = await prepareFlights(session, count);
  flights.takeOff();
  await signOut(session);
  await landEnded(flights);
  await judge(session, 'revoked');
}
