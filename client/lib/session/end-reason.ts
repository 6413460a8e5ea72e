import type { EndReason } from '../../../shared/reasons.ts';

/** Total, so that a new reason does not compile until it is known here. The shared list would bring zod along. */
const KNOWN: Record<EndReason, true> = {
  signed_out: true,
  replaced: true,
  reuse: true,
  ended_elsewhere: true,
  password_changed: true,
  password_reset: true,
  email_restored: true,
  account_deleted: true,
  account_disabled: true,
  client_removed: true,
};

export function isEndReason(value: unknown): value is EndReason {
  return typeof value === 'string' && Object.hasOwn(KNOWN, value);
}
