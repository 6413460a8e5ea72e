import { Failure } from '../lib/failure.ts';
import type { RefreshOutcome } from '../lib/observer.ts';
import type { Deps } from './deps.ts';
import type { IssuedTokens } from './issue-tokens.ts';

/** Tells the operator how a sign-in ended, and ends as it did. */
export async function reportSignIn(
  { observer }: Pick<Deps, 'observer'>,
  signIn: () => Promise<IssuedTokens>,
): Promise<IssuedTokens> {
  try {
    const tokens = await signIn();
    observer.signIn('success');
    return tokens;
  } catch (error) {
    observer.signIn(error instanceof Failure ? error.reason : 'internal');
    throw error;
  }
}

/** A decision against a refresh token: the operator may tell apart what is one answer to its bearer. */
export class RefusedRefresh extends Failure {
  readonly outcome: RefreshOutcome;

  constructor(outcome: RefreshOutcome, ...failure: ConstructorParameters<typeof Failure>) {
    super(...failure);
    this.outcome = outcome;
  }
}

/** The same of a refresh, which also tells whether the token was rotated or only answered again. */
export async function reportRefresh(
  { observer }: Pick<Deps, 'observer'>,
  refresh: () => Promise<{ tokens: IssuedTokens; outcome: RefreshOutcome }>,
): Promise<IssuedTokens> {
  try {
    const { tokens, outcome } = await refresh();
    observer.refresh(outcome);
    return tokens;
  } catch (error) {
    observer.refresh(outcomeOf(error));
    throw error;
  }
}

function outcomeOf(error: unknown): RefreshOutcome {
  if (error instanceof RefusedRefresh) return error.outcome;
  if (!(error instanceof Failure)) return 'internal';
  // An account that is shut or gone, or a race lost too often: the session is over either way.
  return error.reason === 'session_revoked' ? 'revoked' : error.reason;
}
