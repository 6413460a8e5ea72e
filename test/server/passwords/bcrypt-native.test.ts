import * as native from '@node-rs/bcrypt';
import { hashSync } from 'bcryptjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseBcrypt } from '../../../server/passwords/bcrypt-native.mjs';
import { parseStoredHash } from '../../../server/passwords/stored-hash.ts';
import openwall from '../../data/bcrypt/openwall-crypt_blowfish.json';
import passlib from '../../data/bcrypt/passlib-1.7.4.json';
import passlibSha256 from '../../data/bcrypt/passlib-bcrypt-sha256.json';
import { anyText, anyUnits } from '../../support/arbitrary.ts';
import { createWorld } from '../../support/world.ts';

const SALT = 'oaQbBqq8JnSM1NHRPQGXOO';
const engine = await chooseBcrypt();

describe('the native bcrypt, where it is installed,', () => {
  test('is what is used', () => {
    expect(engine.name).toBe('@node-rs/bcrypt');
    expect(engine.problem).toBeUndefined();
  });

  const vectors = [...openwall.vectors, ...passlib.vectors].flatMap(({ hash, keyHex }) => {
    const parsed = parseStoredHash(hash);
    return parsed ? [{ setting: parsed.setting, key: Buffer.from(keyHex, 'hex').toString('utf8') }] : [];
  });
  const sha256 = passlibSha256.vectors.flatMap(({ hash, password }) => {
    const parsed = parseStoredHash(hash);
    return parsed ? [{ setting: parsed.setting, key: parsed.keyOf(password) }] : [];
  });

  test('comes to the same as JavaScript for every published vector', () => {
    expect(vectors.length + sha256.length).toBeGreaterThan(20);
    for (const { key, setting } of [...vectors, ...sha256])
      expect(engine.hash(key, setting), JSON.stringify({ key, setting })).toBe(hashSync(key, setting));
  });

  test.each([
    ['nothing', ''],
    ['a NUL', 'before\0after'],
    ['a NUL at the end', 'before\0'],
    ['72 bytes', 'a'.repeat(72)],
    ['73 bytes', 'a'.repeat(73)],
    ['a character across the 72nd byte', `${'a'.repeat(71)}\u00e9`],
    ['half a character', 'a\ud800b'],
    ['a character of four bytes', '\u{1f511}'],
  ])('comes to the same for %s', (_, key) => {
    for (const version of ['2a', '2b', '2y']) {
      const setting = `$${version}$04$${SALT}`;
      expect(engine.hash(key, setting)).toBe(hashSync(key, setting));
    }
  });

  test('comes to the same for whatever is typed', () => {
    fc.assert(
      fc.property(fc.oneof(anyText({ maxLength: 90 }), anyUnits()), (key) => {
        expect(engine.hash(key, `$2b$04$${SALT}`)).toBe(hashSync(key, `$2b$04$${SALT}`));
      }),
      { numRuns: 200 },
    );
  });
});

describe('JavaScript computes instead', () => {
  const missing = Object.assign(new Error('not there'), { code: 'ERR_MODULE_NOT_FOUND' });
  const setting = `$2b$04$${SALT}`;

  test.each<[string, () => Promise<unknown>, RegExp | undefined]>([
    ['where it is not installed, without a word', () => Promise.reject(missing), undefined],
    [
      'where it cannot be loaded',
      () => Promise.reject(new Error('wrong architecture')),
      /wrong architecture/,
    ],
    [
      'where it computes something else',
      async () => ({ hashSync: (key: Buffer, cost: number) => native.hashSync(key, cost) }),
      /something else/,
    ],
    ['where it is something else', async () => ({}), /cannot be used/],
  ])('%s', async (_, load, problem) => {
    const chosen = await chooseBcrypt(load);
    expect(chosen.name).toBe('bcryptjs');
    expect(chosen.hash('key', setting)).toBe(hashSync('key', setting));
    if (problem) expect(chosen.problem).toMatch(problem);
    else expect(chosen.problem).toBeUndefined();
  });
});

test('the log says once what computes', async () => {
  const { logLines, visitor } = await createWorld();
  await visitor().register('ada@example.com');
  await visitor().signIn('ada@example.com');
  const told = logLines.filter((line) => line.includes('passwords are hashed'));
  expect(told).toHaveLength(1);
  expect(JSON.parse(told[0] ?? '')).toMatchObject({ level: 20, engine: '@node-rs/bcrypt' });
});
