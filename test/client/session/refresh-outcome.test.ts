import { expect, test } from 'vitest';
import { outcomeOf } from '../../../client/lib/session/refresh-outcome.ts';
import { END_REASONS, REASONS } from '../../../shared/reasons.ts';

test('exactly the four refusals of the session itself end it', () => {
  const ending = REASONS.filter((reason) => outcomeOf({ reason, issues: [] }).kind === 'ended');
  expect(ending).toEqual(['token_missing', 'token_invalid', 'token_expired', 'session_revoked']);
});

test.each([
  ['busy', { kind: 'unavailable', connection: 'busy', retryAfter: 3 }],
  ['throttled', { kind: 'unavailable', connection: 'busy', retryAfter: 3 }],
  ['internal', { kind: 'unavailable', connection: 'unreachable', retryAfter: 3 }],
  ['unreachable', { kind: 'unavailable', connection: 'unreachable', retryAfter: 3 }],
] as const)('%s is a matter of trying again', (reason, outcome) => {
  expect(outcomeOf({ reason, retryAfter: 3, issues: [] })).toEqual(outcome);
});

test.each(END_REASONS)('a session that the server ended for %s ends for that reason', (ended) => {
  const outcome = outcomeOf({ reason: 'session_revoked', ended, issues: [] });
  expect(outcome).toEqual({ kind: 'ended', cause: ended });
});
