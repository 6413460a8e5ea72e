import type { Profile } from '../../../shared/account.ts';
import { isRecord } from '../is-record.ts';
import type { Grant } from './grant.ts';

/** What tabs tell each other. Travels in memory only; nothing of it is ever stored. */
export type TabMessage =
  | { kind: 'signed_in' | 'renewed'; grant: Grant }
  | { kind: 'profile'; user: Profile }
  | { kind: 'signed_out' };

/** Only this origin can speak here, but perhaps from a tab that still runs another release. */
export function readTabMessage(data: unknown): TabMessage | undefined {
  if (!isRecord(data)) return undefined;
  const { kind, grant, user } = data;
  switch (kind) {
    case 'signed_in':
    case 'renewed':
      return isGrant(grant) ? { kind, grant } : undefined;
    case 'profile':
      return isProfile(user) ? { kind, user } : undefined;
    case 'signed_out':
      return { kind };
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
