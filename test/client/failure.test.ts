import { TRPCClientError } from '@trpc/client';
import { expect, test } from 'vitest';
import { describeFailure } from '../../client/lib/describe-failure.ts';
import { readFailure } from '../../client/lib/failure.ts';
import { SessionChanged } from '../../client/lib/session/session-changed.ts';
import { inWords } from '../../client/lib/waiting-time.ts';
import { REASONS } from '../../shared/reasons.ts';

test.each([
  [undefined],
  ['text'],
  [new Error('Failed to fetch')],
  [{ data: null }],
  [{ data: { reason: 'made_up' } }],
  [{ data: { reason: 'toString' } }],
])('%o is an answer that could not be read', (error) => {
  expect(readFailure(error)).toEqual({ reason: 'unreachable', issues: [] });
});

test('reason, waiting time and well-formed issues are read', () => {
  const issue = { path: ['password'], code: 'common', message: 'Choose another.' };
  const data = { reason: 'weak_password', retryAfter: 5, issues: [issue, null, { message: 'no path' }] };
  expect(readFailure({ data })).toEqual({ reason: 'weak_password', retryAfter: 5, issues: [issue] });
});

test.each([
  ['reuse', 'reuse'],
  ['something_newer', undefined],
  ['toString', undefined],
  [7, undefined],
])('of why a session was revoked, %o is read as %o', (ended, read) => {
  expect(readFailure({ data: { reason: 'session_revoked', ended } }).ended).toBe(read);
});

test('every reason has words, in whole sentences and without a code among them', () => {
  for (const reason of [...REASONS, 'unreachable'] as const) {
    const words = describeFailure({ reason, issues: [] }, { online: true });
    expect(words).toMatch(/^[A-Z].*\.$/);
    expect(words).not.toMatch(/_/);
  }
});

test('a call of somebody who is not signed in any more is told to nobody, and by no other name', () => {
  const failure = readFailure(TRPCClientError.from(new SessionChanged()));
  expect(failure).toEqual({ reason: 'superseded', issues: [] });
  expect(describeFailure(failure, { online: true })).toBeUndefined();
});

test.each([
  [{ reason: 'throttled', retryAfter: 700 }, true, 'Too many attempts. Try again in 12 minutes.'],
  [{ reason: 'throttled' }, true, 'Too many attempts. Try again later.'],
  [
    { reason: 'throttled', retryAfter: 2_592_000 },
    true,
    'Too many attempts. Set a new password by mail, or sign in from a browser that you have used here before.',
  ],
  [{ reason: 'busy', retryAfter: 1 }, true, 'A lot is going on right now. Try again in 1 second.'],
  [{ reason: 'unreachable' }, true, 'The server did not answer. Try again in a moment.'],
  [{ reason: 'unreachable' }, false, 'You are offline. Connect to the internet and try again.'],
] as const)('%o with online: %s reads “%s”', (failure, online, words) => {
  expect(describeFailure({ ...failure, issues: [] }, { online })).toBe(words);
});

test.each([
  [0, 'in 1 second'],
  [1, 'in 1 second'],
  [40, 'in 40 seconds'],
  [59.2, 'in 60 seconds'],
  [60, 'in 1 minute'],
  [61, 'in 2 minutes'],
  [3_541, 'in 1 hour'],
  [3_600, 'in 1 hour'],
  [7_201, 'in 3 hours'],
])('%d seconds are said as “%s”', (seconds, words) => {
  expect(inWords(seconds)).toBe(words);
});
