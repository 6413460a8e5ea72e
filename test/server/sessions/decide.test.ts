import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideRefresh, type SessionState } from '../../../server/sessions/decide.ts';
import { retire, type Retired } from '../../../server/sessions/retired.ts';
import { DAY, SECOND } from '../../support/clock.ts';

const NOW = Date.UTC(2026, 10, 24);
const limits = { refreshGrace: 30 * SECOND, sessionIdleTtl: 14 * DAY, sessionMaxTtl: 90 * DAY };

/** At generation 5, whose predecessors 4, 3 and 2 were replaced 10, 20 and 40 seconds ago. */
const session: SessionState = {
  generation: 5,
  retired: [
    [2, 2, NOW - 40 * SECOND],
    [3, 3, NOW - 20 * SECOND],
    [4, 4, NOW - 10 * SECOND],
  ],
  createdAt: NOW - DAY,
  rotatedAt: NOW - 10 * SECOND,
  revokedAt: null,
  endsAt: null,
};

describe('what becomes of a genuine refresh token', () => {
  test.each([
    ['the current one rotates', {}, 5, 'rotate'],
    ['the predecessor inside the window is answered again', {}, 4, 'replay'],
    ['an earlier one that was current inside the window is answered again', {}, 3, 'replay'],
    ['one replaced before the window is reuse', {}, 2, 'reuse'],
    ['one from before everything remembered is reuse', {}, 0, 'reuse'],
    [
      'the predecessor at the end of the window is reuse',
      { retired: [[4, 4, NOW - 30 * SECOND]] },
      4,
      'reuse',
    ],
    ['the predecessor just inside the window is no reuse', { retired: [[4, 4, NOW - 29_999]] }, 4, 'replay'],
    ['one newer than the row punishes nobody', {}, 6, 'unknown'],
    ['the last that fits the wire has to sign in again', { generation: 0xffff_ffff }, 0xffff_ffff, 'expired'],
    ['the current one of a revoked session', { revokedAt: NOW - 1 }, 5, 'revoked'],
    ['a replaced one of a revoked session', { revokedAt: NOW - 1 }, 4, 'revoked'],
    ['a session unused for the idle time', { rotatedAt: NOW - 14 * DAY }, 5, 'expired'],
    ['a session used just before the idle time', { rotatedAt: NOW - 14 * DAY + 1 }, 5, 'rotate'],
    ['a session as old as any may get, however fresh its token', { createdAt: NOW - 90 * DAY }, 5, 'expired'],
    ['reuse in an expired session is only expired', { createdAt: NOW - 90 * DAY }, 0, 'expired'],
  ] satisfies [string, Partial<SessionState>, number, string][])('%s', (_, change, generation, decision) => {
    expect(decideRefresh({ ...session, ...change }, generation, { now: NOW, limits })).toBe(decision);
  });

  test('without a grace window nothing is answered twice', () => {
    const strict = { ...limits, refreshGrace: 0 };
    const justRotated = { ...session, retired: [[4, 4, NOW]] satisfies Retired };
    expect(decideRefresh(justRotated, 4, { now: NOW, limits: strict })).toBe('reuse');
  });

  test('a clock that was set back does not make a thief of anybody', () => {
    expect(decideRefresh(session, 4, { now: NOW - 60 * SECOND, limits })).toBe('replay');
  });
});

describe('over any history of rotations', () => {
  const grace = limits.refreshGrace;
  const histories = fc.array(fc.integer({ min: 0, max: grace * 2 }), { minLength: 1, maxLength: 60 });

  /** Rotates once after each pause; returns the state and when each generation was replaced. */
  function replay(pauses: number[]): { state: SessionState; replacedAt: number[]; end: number } {
    let now = NOW;
    let retired: Retired = [];
    const replacedAt: number[] = [];
    for (const [generation, pause] of pauses.entries()) {
      now += pause;
      retired = retire(retired, { generation, now, grace });
      replacedAt.push(now);
    }
    const state = {
      generation: pauses.length,
      retired,
      createdAt: NOW,
      rotatedAt: now,
      revokedAt: null,
      endsAt: null,
    };
    return { state, replacedAt, end: now };
  }

  test('a token that was current inside the window is never taken for reuse', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: grace }), (pauses, later) => {
        const { state, replacedAt, end } = replay(pauses);
        for (const [generation, at] of replacedAt.entries()) {
          if (end + later - at < grace)
            expect(decideRefresh(state, generation, { now: end + later, limits })).toBe('replay');
        }
      }),
    );
  });

  test('a token replaced longer ago than the window and one step is always reuse', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: grace * 2 }), (pauses, later) => {
        const { state, replacedAt, end } = replay(pauses);
        for (const [generation, at] of replacedAt.entries()) {
          if (end + later - at >= grace + grace / 8)
            expect(decideRefresh(state, generation, { now: end + later, limits })).toBe('reuse');
        }
      }),
    );
  });

  test('the predecessor is judged to the millisecond', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: grace * 2 }), (pauses, later) => {
        const { state, end } = replay(pauses);
        const decision = decideRefresh(state, state.generation - 1, { now: end + later, limits });
        expect(decision).toBe(later < grace ? 'replay' : 'reuse');
      }),
    );
  });

  test('what a row remembers does not grow with use', () => {
    fc.assert(
      fc.property(histories, (pauses) => {
        expect(replay(pauses).state.retired.length).toBeLessThanOrEqual(9);
      }),
    );
  });
});
