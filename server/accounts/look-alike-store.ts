import type { Transaction } from 'kysely';
import type { Schema } from '../db/schema.ts';
import { skeletonOfAddress } from '../lib/skeleton.ts';
import type { Account } from './store.ts';

/** A label that shows letters beyond ASCII (RFC 5890 §2.3.2.1), behind the at or behind a dot of the domain. */
const INTERNATIONAL = ['%@xn--%', '%@%.xn--%'] as const;

/**
 * An account whose address can be taken for this one, and is at another domain, where one of the two domains is
 * international: `ada@xn--exmple-4nf.com` is shown as `ada@exаmple.com`, with a Cyrillic letter. Within ASCII `john1` and
 * `johnl` are two people, and so are `rn` and `m`. `email` in canonical form; `except` is the account that is to have it.
 * In the transaction that takes the address: of two that look alike and come at once, the second must see the first.
 */
export async function findLookAlike(
  trx: Transaction<Schema>,
  email: string,
  { except = '' }: { except?: string | undefined } = {},
): Promise<Account | undefined> {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  const isInternational = /^xn--|\.xn--/.test(domain);
  return trx
    .selectFrom('accounts')
    .selectAll()
    .where('email_skeleton', '=', skeletonOfAddress(email))
    .where('email', 'not like', `%@${domain}`)
    .where('id', '<>', except)
    .$if(!isInternational, (query) =>
      query.where((eb) => eb.or(INTERNATIONAL.map((pattern) => eb('email', 'like', pattern)))),
    )
    .limit(1)
    .executeTakeFirst();
}
