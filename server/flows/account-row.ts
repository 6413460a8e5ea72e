import { z } from 'zod';
import { updateProfileInput } from '../../shared/account.ts';
import { emailSchema } from '../../shared/email.ts';
import { isScope } from '../../shared/scopes.ts';
import type { Account } from '../accounts/store.ts';
import { parseStoredHash } from '../passwords/stored-hash.ts';

/** Of a table of accounts, as it is written; when one is read they may stand in any order. */
export const ACCOUNT_COLUMNS = {
  known: [
    'id',
    'email',
    'email_verified',
    'name',
    'password_hash',
    'disabled',
    'scope',
    'created_at',
    'erase_at',
  ],
  required: 'email',
} as const;

type Column = (typeof ACCOUNT_COLUMNS.known)[number];

/** RFC 3339, and what databases write in its place: a space for the T, no zone for UTC, `+00` for `+00:00`. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?) ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/;

/** Milliseconds. A bare number is refused: nobody can tell seconds from milliseconds. */
const time = z.string().transform((text, context) => {
  const iso = toIsoTime(text);
  if (z.iso.datetime({ offset: true }).safeParse(iso).success) return Date.parse(iso);
  context.addIssue('not a time in ISO 8601, like 2026-11-24T12:00:00Z');
  return z.NEVER;
});

function toIsoTime(text: string): string {
  const [, date = '', clock = '00:00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  const [, sign = '', hours = '', minutes = '00'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  return `${date}T${clock}${sign === '' ? 'Z' : `${sign}${hours}:${minutes}`}`;
}

/** Since when something is so; true: from a time that nobody wrote down. */
const since = z.union(
  [
    z.enum(['true', 't', '1']).transform(() => true),
    z.enum(['false', 'f', '0']).transform(() => false),
    time,
  ],
  'neither true, t, 1, false, f, 0 nor a time in ISO 8601, like 2026-11-24T12:00:00Z',
);

const passwordHash = z.string().superRefine((text, context) => {
  if (parseStoredHash(text)) return;
  const isDefective = text.startsWith('$2x$');
  context.addIssue(
    isDefective
      ? '$2x$ marks hashes that were made by a known defect, by which several passwords open one'
      : 'neither bcrypt ($2a$, $2b$, $2y$) nor Passlib’s bcrypt-sha256, of a cost from 4 to 16',
  );
});

const rowSchema = z.strictObject({
  id: z.uuid('not a UUID').toLowerCase().optional(),
  email: z.string('missing').pipe(emailSchema),
  email_verified: since.default(false),
  name: updateProfileInput.shape.name.default(''),
  password_hash: passwordHash.optional(),
  disabled: since.default(false),
  scope: z
    .string()
    .refine((text) => text.split(' ').every(isScope), 'has a scope that is not in the registry')
    .optional(),
  created_at: time.optional(),
  erase_at: time.optional(),
} satisfies Record<Column, z.ZodType>);

/** Without an id it gets one; true stands for a time that is not known. */
export type ImportedAccount = z.infer<typeof rowSchema>;

/** Refuses what registration would refuse, and hashes that nobody could sign in with. Empty values are left out. */
export function parseAccountRow(
  values: Record<string, string>,
): { account: ImportedAccount } | { problem: string } {
  const { data, error } = rowSchema.safeParse(values);
  if (data) return { account: data };
  const [issue] = error.issues;
  return { problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}` };
}

/** The row that makes this account again. */
export function toAccountRow(account: Account): Record<Column, string> {
  return {
    id: account.id,
    email: account.email,
    email_verified: toText(account.email_verified_at),
    name: account.name,
    password_hash: account.password_hash ?? '',
    disabled: toText(account.disabled_at),
    scope: account.scope ?? '',
    created_at: toText(account.created_at),
    erase_at: toText(account.erase_at),
  };
}

function toText(milliseconds: number | null): string {
  return milliseconds === null ? '' : new Date(milliseconds).toISOString();
}
