import { describe, expect, test } from 'vitest';
import { parseAccountRow, type ImportedAccount } from '../../server/flows/account-row.ts';
import passlib from '../data/bcrypt/passlib-1.7.4.json';

const HASH = '$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe';
const ADA = { email: 'ada@example.com', password_hash: HASH };

function accountOf(values: Record<string, string>): ImportedAccount {
  const read = parseAccountRow(values);
  if ('problem' in read) throw new Error(read.problem);
  return read.account;
}

describe('a row', () => {
  test.each<[string, number]>([
    ['2024-05-06', Date.UTC(2024, 4, 6)],
    ['2024-05-06T07:08:09Z', Date.UTC(2024, 4, 6, 7, 8, 9)],
    ['2024-05-06T07:08:09', Date.UTC(2024, 4, 6, 7, 8, 9)],
    ['2024-05-06 07:08:09.5 UTC', Date.UTC(2024, 4, 6, 7, 8, 9, 500)],
    ['2024-05-06 07:08:09+02', Date.UTC(2024, 4, 6, 5, 8, 9)],
    ['2024-05-06 07:08:09-0330', Date.UTC(2024, 4, 6, 10, 38, 9)],
    ['1969-12-31T23:59:59.999Z', -1],
  ])('may say %s for a time', (text, expected) => {
    expect(accountOf({ ...ADA, created_at: text }).created_at).toBe(expected);
  });

  test.each([
    ['true', true],
    ['t', true],
    ['1', true],
    ['false', false],
    ['f', false],
    ['0', false],
  ])('may say %s for yes or no', (text, expected) => {
    expect(accountOf({ ...ADA, email_verified: text, disabled: text })).toMatchObject({
      email_verified: expected,
      disabled: expected,
    });
  });
});

const UNREADABLE =
  'password_hash: neither bcrypt ($2a$, $2b$, $2y$) nor Passlib’s bcrypt-sha256, of a cost from 4 to 16';
const NO_TIME = 'not a time in ISO 8601, like 2026-11-24T12:00:00Z';
const NO_FLAG = `neither true, t, 1, false, f, 0 nor a time in ISO 8601, like 2026-11-24T12:00:00Z`;

describe('a row is left out', () => {
  test.each<[string, Record<string, string>, string]>([
    ['without an address', { name: 'Ada' }, 'email: missing'],
    [
      'with two',
      { email: 'a@example.com,b@example.com' },
      'email: Enter an e-mail address, like name@example.com.',
    ],
    ['with a long one', { email: `${'a'.repeat(250)}@example.com` }, 'email: That address is too long.'],
    [
      'with NUL in it',
      { email: 'a\0@example.com' },
      'email: That address contains characters that cannot be used.',
    ],
    [
      'with a line end in the name',
      { ...ADA, name: 'A\nB' },
      'name: That name contains characters that cannot be used.',
    ],
    ['with a long name', { ...ADA, name: 'n'.repeat(101) }, 'name: Use at most 100 characters.'],
    ['with a hash of Django', { ...ADA, password_hash: 'pbkdf2_sha256$870000$abc$def=' }, UNREADABLE],
    ['with a password for a hash', { ...ADA, password_hash: 'open sesame' }, UNREADABLE],
    ['with spaces around it', { ...ADA, password_hash: ` ${HASH}` }, UNREADABLE],
    ['with a cost that nobody has', { ...ADA, password_hash: HASH.replace('$06$', '$17$') }, UNREADABLE],
    [
      'with $2x$',
      { ...ADA, password_hash: HASH.replace('$2a$', '$2x$') },
      'password_hash: $2x$ marks hashes that were made by a known defect, by which several passwords open one',
    ],
    ['with seconds or milliseconds', { ...ADA, created_at: '1715000000' }, `created_at: ${NO_TIME}`],
    ['with a day that never was', { ...ADA, created_at: '2023-02-29' }, `created_at: ${NO_TIME}`],
    ['with a time and more', { ...ADA, erase_at: '2024-01-01T00:00:00Z;' }, `erase_at: ${NO_TIME}`],
    ['with maybe', { ...ADA, email_verified: 'maybe' }, `email_verified: ${NO_FLAG}`],
    ['disabled some day', { ...ADA, disabled: '2023-02-29' }, `disabled: ${NO_FLAG}`],
    ['with a number for its id', { ...ADA, id: '17' }, 'id: not a UUID'],
    [
      'with an unknown scope',
      { ...ADA, scope: 'profile:read admin' },
      'scope: has a scope that is not in the registry',
    ],
  ])('%s', (_, row, problem) => {
    expect(parseAccountRow(row)).toEqual({ problem });
  });

  test.each(passlib.malformedHashes)('with what Passlib calls malformed: %s', (hash) => {
    expect(parseAccountRow({ ...ADA, password_hash: hash })).toEqual({ problem: UNREADABLE });
  });
});
