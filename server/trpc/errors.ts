import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { z } from 'zod';
import type { ErrorData, Issue, Reason } from '../../shared/reasons.ts';
import { Failure } from '../lib/failure.ts';

/** Total: a new reason does not compile until it has a status. */
export const TRPC_CODES = {
  validation: 'BAD_REQUEST',
  invalid_credentials: 'UNAUTHORIZED',
  token_missing: 'UNAUTHORIZED',
  token_invalid: 'UNAUTHORIZED',
  token_expired: 'UNAUTHORIZED',
  session_revoked: 'UNAUTHORIZED',
  insufficient_scope: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  throttled: 'TOO_MANY_REQUESTS',
  busy: 'SERVICE_UNAVAILABLE',
  weak_password: 'UNPROCESSABLE_CONTENT',
  email_unverified: 'FORBIDDEN',
  step_up_required: 'FORBIDDEN',
  forbidden_origin: 'FORBIDDEN',
  internal: 'INTERNAL_SERVER_ERROR',
} as const satisfies Record<Reason, TRPC_ERROR_CODE_KEY>;

/** Each reason in a sentence, for whoever reads the raw answer. Says no more than the reason does. */
const MESSAGES: Record<Reason, string> = {
  validation: 'The input is not valid.',
  invalid_credentials: 'The e-mail address or the password is wrong.',
  token_missing: 'Sign in first.',
  token_invalid: 'The token is not valid.',
  token_expired: 'The token has expired.',
  session_revoked: 'The session has ended.',
  insufficient_scope: 'The token does not allow this.',
  not_found: 'There is nothing here.',
  conflict: 'An account with this address exists already.',
  throttled: 'Too many attempts. Try again later.',
  busy: 'The server is busy. Try again soon.',
  weak_password: 'Choose a stronger password.',
  email_unverified: 'Confirm your e-mail address first.',
  step_up_required: 'Confirm your password first.',
  forbidden_origin: 'Calls from this site are not allowed.',
  internal: 'Something went wrong on our side.',
};

/** Why a call failed, from whatever was thrown. What nobody meant to tell is `internal`. */
export function reasonOf(error: TRPCError): Reason {
  if (error.cause instanceof Failure) return error.cause.reason;
  switch (error.code) {
    case 'NOT_FOUND':
      return 'not_found';
    case 'TOO_MANY_REQUESTS':
      return 'throttled';
    case 'INTERNAL_SERVER_ERROR':
      return 'internal';
    default:
      // What tRPC itself refuses before a procedure runs: unreadable JSON, a wrong method, an oversized batch.
      return getHTTPStatusCodeFromError(error) < 500 ? 'validation' : 'internal';
  }
}

export function messageOf(reason: Reason): string {
  return MESSAGES[reason];
}

/** For what fails before there is a context: which request it was, kept beside the error until it is shaped. */
const requestIds = new WeakMap<TRPCError, string>();

export function rememberRequest(error: TRPCError, requestId: string): void {
  requestIds.set(error, requestId);
}

export function toErrorData(
  error: TRPCError,
  { path, requestId }: { path: string | undefined; requestId: string | undefined },
): ErrorData {
  const { cause } = error;
  const failure = cause instanceof Failure ? cause : undefined;
  // What fails in the middle of a stream has not been given its code by a middleware.
  const code = failure ? TRPC_CODES[failure.reason] : error.code;
  const issues = failure?.issues ?? (cause instanceof z.core.$ZodError ? toIssues(cause) : undefined);
  return {
    code,
    httpStatus: getHTTPStatusCodeFromError(new TRPCError({ code })),
    ...(path !== undefined && { path }),
    reason: reasonOf(error),
    requestId: requestId ?? requestIds.get(error) ?? 'none',
    ...(failure?.retryAfter !== undefined && { retryAfter: failure.retryAfter }),
    ...(failure?.ended && { ended: failure.ended }),
    ...(issues && { issues }),
  };
}

/** Field and fault, never the value: what was typed may be a password. */
function toIssues(error: z.core.$ZodError): Issue[] {
  return error.issues.map(({ path, code, message }) => ({
    path: path.map((key) => (typeof key === 'symbol' ? String(key) : key)),
    code,
    message,
  }));
}
