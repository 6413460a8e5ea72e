import { expect } from 'vitest';
import { outcomeOfCall } from '../support/answers.ts';
import type { WebClient } from '../support/web-client.ts';
import { generationOf, refresh, type RacedSession } from './raced-session.ts';

/**
 * What every race must come to, whatever happened in it:
 * 1. at most one live successor: one cookie is current, and every other that was given out leads to it;
 * 2. no false sign-out: every caller is signed in, unless the race ended the session on purpose (`revoked`);
 * 3. no token of a revoked session is accepted.
 * A session that is still live is signed out here, so that the third is judged of every race.
 */
export async function judge(
  session: RacedSession,
  end: { signedIn: WebClient[] } | 'revoked',
): Promise<void> {
  expectNoFork(session);
  if (end !== 'revoked') {
    await expectSignedIn(end.signedIn);
    await expectOneSuccessor(session);
    await signOut(session);
  }
  await expectAllRefused(session);
}

/** Two cookies of one generation would be two successors of one token. */
function expectNoFork({ cookies }: RacedSession): void {
  const generations = [...cookies].map(generationOf);
  expect(generations.length, 'cookies').toBeGreaterThan(1);
  expect(new Set(generations).size, 'generations of the cookies').toBe(generations.length);
}

async function expectSignedIn(callers: WebClient[]): Promise<void> {
  const outcomes = await Promise.all(
    callers.map(async (caller) => [
      await refresh(caller),
      await outcomeOfCall(await caller.query('auth.me')),
    ]),
  );
  expect(outcomes).toEqual(callers.map(() => ['succeeded', 'succeeded']));
}

/** All of the session's cookies are within the grace window here, or were never given out. */
async function expectOneSuccessor(session: RacedSession): Promise<void> {
  const given = [...session.cookies].toSorted((a, b) => generationOf(b) - generationOf(a));
  const [newest = ''] = given;
  const current = await successorOf(session, newest);
  expect(generationOf(current)).toBe(generationOf(newest) + 1);
  const successors = await Promise.all(given.map((cookie) => successorOf(session, cookie)));
  expect(new Set(successors)).toEqual(new Set([current]));
  expectNoFork(session);
}

async function successorOf(session: RacedSession, cookie: string): Promise<string> {
  const holder = await session.caller();
  holder.cookie = cookie;
  expect(await refresh(holder)).toBe('succeeded');
  return holder.cookie;
}

export async function signOut(session: RacedSession, port?: number): Promise<void> {
  const browser = await session.caller({}, port);
  expect(await outcomeOfCall(await browser.mutate('auth.logout'))).toBe('succeeded');
}

async function expectAllRefused(session: RacedSession): Promise<void> {
  if (session.processes) {
    for (const port of session.processes) await expectAllRefusedSoon(session, port);
    return;
  }
  await expectCookiesRefused(session);
  const profileWith = await profileReader(session);
  for (const bearer of session.bearers) expect(await profileWith(bearer), bearer).toBe('session_revoked');
}

/** A process hears within moments of what was revoked through another. From then on it refuses like that one. */
export async function expectAllRefusedSoon(session: RacedSession, port: number): Promise<void> {
  await expectCookiesRefused(session, port);
  const profileWith = await profileReader(session, port);
  for (const bearer of session.bearers)
    await expect
      .poll(() => profileWith(bearer), { interval: 20, timeout: 10_000, message: bearer })
      .toBe('session_revoked');
}

async function profileReader(
  session: RacedSession,
  port?: number,
): Promise<(bearer: string) => Promise<string>> {
  const holder = await session.caller({}, port);
  return async (bearer) => {
    holder.bearer = bearer;
    return outcomeOfCall(await holder.query('auth.me'));
  };
}

async function expectCookiesRefused(session: RacedSession, port?: number): Promise<void> {
  const holder = await session.caller({}, port);
  for (const cookie of session.cookies) {
    holder.cookie = cookie;
    expect(await refresh(holder), cookie).toBe('session_revoked');
  }
}
