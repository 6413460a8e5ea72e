import type { Reason } from '../../shared/reasons.ts';

/** Of the reasons of a refusal those that a sign-in is known to have; `internal` is what nobody meant. */
export const SIGN_IN_OUTCOMES = [
  'success',
  'invalid_credentials',
  'throttled',
  'busy',
  'validation',
  'internal',
] as const satisfies ('success' | Reason)[];
export type SignInOutcome = 'success' | Reason;

/** The decisions of sessions/decide.ts, as they were carried out, and what was refused before there was one. */
export const REFRESH_OUTCOMES = [
  'rotated',
  'replayed',
  'reuse',
  'expired',
  'revoked',
  'unknown',
  'token_missing',
  'token_invalid',
  'throttled',
  'validation',
  'internal',
] as const;
export type RefreshOutcome = (typeof REFRESH_OUTCOMES)[number] | Reason;

/** `dropped` was for nobody: what is written for an address without account, so that it costs the same. */
export const MAIL_OUTCOMES = ['sent', 'postponed', 'given_up', 'dropped'] as const;
export type MailOutcome = (typeof MAIL_OUTCOMES)[number];

/**
 * What is counted for the operator, told by whoever does it. Nothing here may name a person: no address, no id, and no
 * text of a caller's choice, of which there would be no end besides.
 */
export interface Observer {
  signIn(outcome: SignInOutcome): void;
  refresh(outcome: RefreshOutcome): void;
  /** A session was ended because a replaced refresh token came back. */
  reuse(): void;
  /** `limit` is a name of throttle/budgets.ts. */
  throttled(limit: string): void;
  /** One computation, in seconds from the call and in seconds of the thread's own. */
  hashed(times: { total: number; computing: number }): void;
  mail(outcome: MailOutcome): void;
  /** An answered request. `route` is a pattern of ours, never what was asked; undefined: there is none for it. */
  request(answer: { route: string | undefined; status: number; seconds: number }): void;
}

/** Without `METRICS_PORT`. */
export const NO_OBSERVER: Observer = {
  signIn: () => {},
  refresh: () => {},
  reuse: () => {},
  throttled: () => {},
  hashed: () => {},
  mail: () => {},
  request: () => {},
};
