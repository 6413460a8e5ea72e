import type { Profile } from '../../../shared/account.ts';
import type { Notice } from '../../../shared/session.ts';
import { isRecord } from '../is-record.ts';
import { isEndReason } from './end-reason.ts';
import type { Grant } from './grant.ts';
import type { EndCause } from './state.ts';

/** What tabs tell each other. Travels in memory only; nothing of it is ever stored. */
export type TabMessage =
  | { kind: 'signed_in' | 'renewed'; grant: Grant }
  | { kind: 'profile'; user: Profile }
  | { kind: 'signed_out' }
  /** The session of this access token is over, whoever has signed in since. */
  | { kind: 'ended'; cause: EndCause; accessToken: string }
  /** Whichever tab listens to the server for all: say that you do, and what you have heard. */
  | { kind: 'live_wanted' }
  /** What the listening tab has heard about this person; `notices` is undefined before the first word. */
  | { kind: 'live'; userId: string; notices: Notice[] | undefined };

/** Only this origin can speak here, but perhaps from a tab that still runs another release. */
export function readTabMessage(data: unknown): TabMessage | undefined {
  if (!isRecord(data)) return undefined;
  const { kind, grant, user, cause, accessToken, userId, notices } = data;
  switch (kind) {
    case 'signed_in':
    case 'renewed':
      return isGrant(grant) ? { kind, grant } : undefined;
    case 'profile':
      return isProfile(user) ? { kind, user } : undefined;
    case 'signed_out':
    case 'live_wanted':
      return { kind };
    case 'ended':
      return isEndCause(cause) && typeof accessToken === 'string' ? { kind, cause, accessToken } : undefined;
    case 'live':
      return typeof userId === 'string' && areNotices(notices) ? { kind, userId, notices } : undefined;
    default:
      return undefined;
  }
}

function isGrant(value: unknown): value is Grant {
  if (!isRecord(value)) return false;
  const { accessToken, expiresAt, lifetime, user } = value;
  const hasTimes = Number.isFinite(expiresAt) && Number.isFinite(lifetime);
  return typeof accessToken === 'string' && hasTimes && isProfile(user);
}

function isProfile(value: unknown): value is Profile {
  if (!isRecord(value)) return false;
  const { id, email, name, createdAt } = value;
  return [id, email, name, createdAt].every((field) => typeof field === 'string');
}

function isEndCause(value: unknown): value is EndCause {
  return value === 'expired' || value === 'revoked' || isEndReason(value);
}

function areNotices(value: unknown): value is Notice[] | undefined {
  return value === undefined || (Array.isArray(value) && value.every(isNotice));
}

function isNotice(value: unknown): value is Notice {
  if (!isRecord(value)) return false;
  const { id, kind, createdAt, sessionId, ip, device } = value;
  const isKnown = kind === 'new_device' || kind === 'token_reuse';
  return isKnown && [id, createdAt, sessionId, ip, device].every((field) => typeof field === 'string');
}
