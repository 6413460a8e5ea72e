import type { Profile } from '../../../shared/account.ts';
import type { Notice } from '../../../shared/session.ts';
import { isRecord } from '../is-record.ts';
import { isEndReason } from './end-reason.ts';
import type { Grant } from './grant.ts';
import type { EndCause } from './state.ts';

/** A newer access token, and which one it replaces: none when the tab had just been opened. */
export interface Renewed {
  grant: Grant;
  previous: string | undefined;
  /** Milliseconds on the clock of this machine, which all tabs share. */
  askedAt: number;
}

/** What tabs tell each other. Travels in memory only; nothing of it is ever stored. */
export type TabMessage =
  | { kind: 'signed_in'; grant: Grant }
  | ({ kind: 'renewed' } & Renewed)
  | { kind: 'profile'; user: Profile }
  /** Of the session of this access token, as far as the tab had one; `askedAt` as in `renewed`. */
  | { kind: 'signed_out'; accessToken: string | undefined; askedAt: number }
  /** The session of this access token is over, whoever has signed in since. */
  | { kind: 'ended'; cause: EndCause; accessToken: string }
  /** Whichever tab listens to the server for all: say that you do, and what you have heard. */
  | { kind: 'live_wanted' }
  /** The tab that has listened for this person does so no more, and nobody is next. */
  | { kind: 'live_over'; userId: string }
  /**
   * What the listening tab has heard about this person; `notices` is undefined before the first word. `isNews`: just
   * now. Of two tabs that listen, the one of the lower rank goes on.
   */
  | { kind: 'live'; userId: string; rank: number; isNews: boolean; notices: Notice[] | undefined }
  /** A notice has been put away. */
  | { kind: 'notice_read'; id: string };

/** Only this origin can speak here, but perhaps from a tab that still runs another release. */
export function readTabMessage(data: unknown): TabMessage | undefined {
  if (!isRecord(data)) return undefined;
  const { kind, grant, previous, askedAt, user, cause, accessToken, userId, id } = data;
  switch (kind) {
    case 'signed_in':
      return isGrant(grant) ? { kind, grant } : undefined;
    case 'renewed':
      return isGrant(grant) && isTokenOrNone(previous) && isFiniteNumber(askedAt)
        ? { kind, grant, previous, askedAt }
        : undefined;
    case 'profile':
      return isProfile(user) ? { kind, user } : undefined;
    case 'signed_out':
      return isTokenOrNone(accessToken) && isFiniteNumber(askedAt)
        ? { kind, accessToken, askedAt }
        : undefined;
    case 'live_wanted':
      return { kind };
    case 'ended':
      return isEndCause(cause) && typeof accessToken === 'string' ? { kind, cause, accessToken } : undefined;
    case 'live_over':
      return typeof userId === 'string' ? { kind, userId } : undefined;
    case 'live':
      return readLive(data);
    case 'notice_read':
      return typeof id === 'string' ? { kind, id } : undefined;
    default:
      return undefined;
  }
}

function readLive({ userId, rank, isNews, notices }: Record<string, unknown>): TabMessage | undefined {
  const isComplete = typeof userId === 'string' && isFiniteNumber(rank) && typeof isNews === 'boolean';
  return isComplete && areNotices(notices) ? { kind: 'live', userId, rank, isNews, notices } : undefined;
}

function isGrant(value: unknown): value is Grant {
  if (!isRecord(value)) return false;
  const { accessToken, expiresAt, lifetime, user } = value;
  return (
    typeof accessToken === 'string' &&
    isFiniteNumber(expiresAt) &&
    isFiniteNumber(lifetime) &&
    isProfile(user)
  );
}

function isTokenOrNone(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value);
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
  const { id, kind, createdAt, sessionId, ip, device, dismissible } = value;
  const isKnown = kind === 'new_device' || kind === 'token_reuse';
  const isComplete = isKnown && typeof dismissible === 'boolean';
  return isComplete && [id, createdAt, sessionId, ip, device].every((field) => typeof field === 'string');
}
