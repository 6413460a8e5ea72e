import { createHmac } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import { afterAll, describe, expect, test } from 'vitest';
import { createHasher } from '../../../server/passwords/hasher.ts';
import { newHash, parseStoredHash } from '../../../server/passwords/stored-hash.ts';
import openwall from '../../data/bcrypt/openwall-crypt_blowfish.json';
import passlib from '../../data/bcrypt/passlib-1.7.4.json';
import passlibSha256 from '../../data/bcrypt/passlib-bcrypt-sha256.json';
import { readForms } from '../../support/unicode-data.ts';

const hasher = createHasher({ cost: 4 });
afterAll(() => hasher.close());

async function matches(password: string, stored: string): Promise<boolean> {
  return (await hasher.verify(password, stored)).matches;
}

const vectors = [...openwall.vectors, ...passlib.vectors];
const published = vectors.map((vector) => ({
  ...vector,
  password: Buffer.from(vector.keyHex, 'hex').toString('utf8'),
}));
const DIGEST = 'E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';

describe('plain bcrypt, as other systems store it', () => {
  // A password reaches us as text. Vectors whose key is no UTF-8 are about bytes that nobody can send.
  const textual = published.filter(({ keyIsUtf8 }) => keyIsUtf8);
  const accepted = textual.filter(({ expect, hash }) => expect === 'match' && !hash.startsWith('$2x$'));

  test.each(accepted)('$hash opens for the key $keyHex', async ({ password, hash }) => {
    expect(await matches(password, hash)).toBe(true);
    expect(await matches(`x${password}`, hash)).toBe(false);
  });

  test('$2x$, which marks hashes made by a known defect, lets nobody in', async () => {
    const defective = published.filter(({ hash }) => hash.startsWith('$2x$'));
    expect(defective.length).toBeGreaterThan(0);
    for (const { password, hash } of defective) expect(await matches(password, hash), hash).toBe(false);
  });

  test('what the published tests refuse lets nobody in and throws nothing', async () => {
    const settings = openwall.vectors.flatMap(({ setting, hash }) =>
      setting === null ? [] : [setting, hash],
    );
    const refused = [...settings, ...settings.map((setting) => setting + DIGEST), ...passlib.malformedHashes];
    expect(refused.length).toBeGreaterThan(15);
    for (const stored of refused) expect(await matches('', stored), stored).toBe(false);
  });

  test('a salt with stray bits, as Passlib before 1.5.3 wrote it, still opens', async () => {
    expect(await matches('test', '$2a$04$oaQbBqq8JnSM1NHRPQGXOOY4Vw3bdHKLIXTecPDRAcJ98cz1ilveO')).toBe(true);
  });

  test('is tried with the password as typed: what its system hashed was not normalised', async () => {
    const stored = '$2a$05$Z17AXnnlpzddNUvnC6cZNOSwMA/8oNiKnHTHTwLlBijfucQQlHjaG';
    expect(await matches('t\u00e1\u0411\u2113\u0259', stored)).toBe(true);
    expect(await matches('t\u00e1\u0411l\u0259', stored)).toBe(false);
  });
});

describe('Passlib’s bcrypt_sha256', () => {
  const normal = passlibSha256.vectors.filter(({ password }) => password.normalize('NFKC') === password);

  test.each(normal)('version $version of “$password” opens', async ({ password, hash }) => {
    expect(await matches(password, hash)).toBe(true);
    expect(await matches(`${password}x`, hash)).toBe(false);
  });

  /**
   * The one published vector that cannot open here: we hash NFKC (NIST SP 800-63B-4 §3.1.1.2), Passlib hashes what
   * it is given, and U+2113 becomes a plain l. A Python service that shares the table must normalise first.
   */
  test('of a password that is not NFKC is another password here, by the normalisation alone', async () => {
    const others = passlibSha256.vectors.filter((vector) => !normal.includes(vector));
    expect(others.map(({ password }) => password)).toEqual(['t\u00e1\u0411\u2113\u0259']);
    for (const { password, hash } of others) {
      expect(await matches(password, hash)).toBe(false);
      const parsed = parseStoredHash(hash);
      const unnormalised = createHmac('sha256', hash.split('$')[3] ?? '')
        .update(password)
        .digest('base64');
      expect(hashSync(unnormalised, parsed?.setting)).toBe(parsed?.expected);
    }
  });

  test('is the same for every form of a text that Unicode counts as one, and another for another', () => {
    const keyOf = (password: string) => newHash(password, { salt: 'a'.repeat(22), cost: 4 }).key;
    const forms = readForms();
    for (const { source, nfc, nfd, nfkc, nfkd } of forms)
      expect([source, new Set([source, nfc, nfd, nfkc, nfkd].map(keyOf)).size]).toEqual([source, 1]);
    expect(new Set(forms.map(({ nfkc }) => keyOf(nfkc))).size).toBe(
      new Set(forms.map(({ nfkc }) => nfkc)).size,
    );
  });

  test('without its salt, cost or digest, or with more than them, is no hash', () => {
    const good = '$bcrypt-sha256$v=2,t=2b,r=5$5Hg1DKFqPE8C2aflZ5vVoe$wOK1VFFtS8IGTrGa7.h5fs0u84qyPbS';
    expect(parseStoredHash(good)).toBeDefined();
    const changed = [
      good.slice(0, -1),
      `${good}.`,
      `${good}\n`,
      ` ${good}`,
      good.replace('v=2', 'v=3'),
      good.replace('t=2b', 't=2y'),
      good.replace('r=5', 'r='),
      good.replace('r=5', 'r=3'),
      good.replace('r=5', 'r=17'),
      good.replace('r=5', 'r=99999'),
      good.replace('5Hg1', '5Hg!'),
      good.replace('$5Hg1', '5Hg1'),
      good.replace('bcrypt-sha256', 'bcrypt-sha512'),
    ];
    for (const stored of changed) expect(parseStoredHash(stored), stored).toBeUndefined();
  });
});
