import type { Profile } from '../../shared/account.ts';
import type { ProfileRow } from './store.ts';

/** What a person may see of their own account. Built field by field: a new column is never shown by accident. */
export function toProfile(account: ProfileRow, scopes: readonly string[]): Profile {
  return {
    id: account.id,
    email: account.email,
    emailVerified: account.email_verified_at !== null,
    name: account.name,
    scopes: [...scopes],
    createdAt: new Date(account.created_at).toISOString(),
  };
}
