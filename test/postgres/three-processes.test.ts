import { describe, expect, test } from 'vitest';
import { oneOfThemKilled, placeOf } from '../races/balanced-processes.ts';
import { CHILD_ENV } from '../races/child-processes.ts';
import {
  oneResponseLost,
  responsesReordered,
  sameInstant,
  signOutInTheMiddle,
  spreadOverWindow,
} from '../races/one-process.ts';
import { passwordChangeInTheMiddle } from '../races/password-change.ts';
import { attemptRefresh, newEmail, type TimedPlace } from '../races/raced-session.ts';
import { outcomeOfCall } from '../support/answers.ts';
import { builtServer } from '../support/built-server.ts';
import { restartInTurn, startBalancedFleet } from '../support/fleet.ts';
import { createWebClient, type WebClient } from '../support/web-client.ts';

const main = builtServer();

/** For a busy machine; nothing waits for it. */
const LONG = { timeout: 240_000 };

const CALLERS = [2, 5, 20];

/** The matrix of docs/SESSIONS.md, with three processes behind a load balancer in the place of the one. */
const SITUATIONS: [string, (place: TimedPlace, callers: number) => Promise<void>][] = [
  ['all at the same instant', sameInstant],
  ['spread over the grace window', spreadOverWindow],
  ['one response lost', oneResponseLost],
  ['responses reordered', responsesReordered],
  ['sign-out in the middle', signOutInTheMiddle],
  ['password change in the middle', passwordChangeInTheMiddle],
];

describe('three processes behind a load balancer', LONG, () => {
  test.each(SITUATIONS)('%s', async (_, race) => {
    const { fleet, balancer } = await startBalancedFleet({ main: main(), env: CHILD_ENV });
    for (const callers of CALLERS) await race(placeOf(fleet, balancer), callers);
    for (const port of fleet.ports) expect(balancer.servedBy(port)).toBeGreaterThan(0);
  });

  test('one of them killed between commit and reply', async () => {
    const balanced = await startBalancedFleet({ main: main(), env: CHILD_ENV });
    for (const callers of CALLERS) await oneOfThemKilled(balanced, callers);
  });
});

const BROWSERS = 12;

/** Uses the service until it is over. Returns how many calls it made and what went otherwise than it should. */
async function browse(base: string, isOver: () => boolean): Promise<{ calls: number; surprises: string[] }> {
  const client = createWebClient(base);
  const surprises: string[] = [];
  let calls = 0;

  async function expectOutcome(expected: string, what: string, outcome: Promise<string>): Promise<void> {
    calls += 1;
    const found = await outcome.catch((error: unknown) => String(error));
    if (found !== expected) surprises.push(`${what}: ${found}`);
  }
  const refresh = () => expectOutcome('succeeded', 'refresh', attemptRefresh(client));
  const me = () => expectOutcome('succeeded', 'me', client.query('auth.me').then(outcomeOfCall));

  const email = newEmail();
  await client.register(email);
  for (let visit = 0; !isOver(); visit += 1) {
    await Promise.all([refresh(), refresh(), me()]);
    await me();
    if (visit % 4 !== 3) continue;
    await signOut(client, expectOutcome);
    await expectOutcome('succeeded', 'sign in', signIn(client, email));
  }
  return { calls, surprises };
}

type ExpectOutcome = (expected: string, what: string, outcome: Promise<string>) => Promise<void>;

async function signOut(client: WebClient, expectOutcome: ExpectOutcome): Promise<void> {
  const held = client.cookie;
  await expectOutcome('succeeded', 'sign out', client.mutate('auth.logout').then(outcomeOfCall));
  client.cookie = held;
  await expectOutcome('session_revoked', 'refresh after signing out', attemptRefresh(client));
  client.cookie = undefined;
}

async function signIn(client: WebClient, email: string): Promise<string> {
  await client.signIn(email);
  return 'succeeded';
}

test('a rolling restart under load fails no request and signs nobody out', LONG, async () => {
  // Many times what the load balancer takes to notice.
  const env = { ...CHILD_ENV, DRAIN_DELAY: '2s' };
  const { fleet, balancer } = await startBalancedFleet({ main: main(), env });
  let isOver = false;
  const visits = Array.from({ length: BROWSERS }, () => browse(balancer.base, () => isOver));
  await restartInTurn(fleet, balancer);
  const servedBefore = fleet.ports.map(balancer.servedBy);
  await expect
    .poll(() => fleet.ports.every((port, index) => balancer.servedBy(port) > (servedBefore[index] ?? 0)))
    .toBe(true);
  isOver = true;
  const tallies = await Promise.all(visits);
  expect(tallies.flatMap(({ surprises }) => surprises)).toEqual([]);
  expect(Math.min(...tallies.map(({ calls }) => calls))).toBeGreaterThan(20);
});
