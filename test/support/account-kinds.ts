import type { Updateable } from 'kysely';
import type { AccountsTable } from '../../server/db/schema.ts';
import { alterAccount } from './accounts.ts';
import { createWorld, GOOD_PASSWORD } from './world.ts';

/** Passlib's own vector (test/data/bcrypt): cost 4, below every server that sets COST. */
const OLD_HASH = '$2a$04$R1lJ2gkNaoPGdafE.H.16.1MKHPvmKwryeulRe225LKProWYwt9Oi';

/** For servers that are asked about these accounts: one of them has a hash of a lower cost. */
export const COST = '5';

/** Whatever a stranger might tell apart. What each is, beside an account that was registered and verified. */
const KINDS = {
  known: {},
  unverified: { email_verified_at: null },
  disabled: { disabled_at: 1 },
  'no password': { password_hash: null },
  'corrupt hash': { password_hash: 'corrupt' },
  'a hash of an older cost': { password_hash: OLD_HASH },
  'to be erased': { erase_at: Date.UTC(2030, 0) },
} satisfies Record<string, Updateable<AccountsTable>>;

export type AccountKind = keyof typeof KINDS;

// Boundary: Object.keys knows only strings.
export const ACCOUNT_KINDS = Object.keys(KINDS) as AccountKind[];

export function emailOf(kind: string): string {
  return `${kind.replaceAll(' ', '-')}@example.com`;
}

/**
 * Makes an account of each kind in the data at `url`, all with GOOD_PASSWORD unless the kind says otherwise. By a server without
 * mail, where an account is there as soon as it is registered.
 */
export async function makeEveryKind(url: string): Promise<void> {
  const world = await createWorld({
    env: { DATABASE_URL: url, BCRYPT_COST: COST, PUBLIC_URL: 'https://login.example.com' },
  });
  for (const kind of ACCOUNT_KINDS) {
    const email = emailOf(kind);
    await world.visitor().api.auth.register({ email, password: GOOD_PASSWORD });
    await alterAccount(world, email, { email_verified_at: 1, ...KINDS[kind] });
  }
  await world.app.close();
}
