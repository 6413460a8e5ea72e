import { describe, expect, test } from 'vitest';
import { findLookAlike } from '../../../server/accounts/look-alike-store.ts';
import { skeletonOfAddress } from '../../../server/lib/skeleton.ts';
import { emailSchema } from '../../../shared/email.ts';
import { alterAccount, readAccount } from '../../support/accounts.ts';
import { createWorld, type World } from '../../support/world.ts';

async function lookAlikeOf(newcomer: string, existing: string[]): Promise<string | undefined> {
  const world = await createWorld();
  for (const email of existing) await world.visitor().register(email);
  return lookAlikeIn(world, newcomer);
}

async function lookAlikeIn({ app }: World, newcomer: string): Promise<string | undefined> {
  const email = emailSchema.parse(newcomer);
  const found = await app.deps.db.transaction().execute((trx) => findLookAlike(trx, email));
  return found?.email;
}

describe('an address is a look-alike', () => {
  test.each([
    ['of one in ASCII, with a Cyrillic letter', 'ada@exаmple.com', ['ada@example.com'], 'ada@example.com'],
    ['of one with a Cyrillic letter', 'ada@example.com', ['ada@exаmple.com'], 'ada@xn--exmple-4nf.com'],
    ['of one with two of them', 'ada@exаmple.com', ['ada@exаmplе.com'], 'ada@xn--exmpl-5ve2b.com'],
    [
      'with the letter in a label further on',
      'ada@mail.exаmple.com',
      ['ada@mail.example.com'],
      'ada@mail.example.com',
    ],
    [
      'of one with the letter further on',
      'ada@mail.example.com',
      ['ada@mail.exаmple.com'],
      'ada@mail.xn--exmple-4nf.com',
    ],
    ['with another digit besides', 'john1@exаmple.com', ['johnl@example.com'], 'johnl@example.com'],
    ['of the one among many', 'l0l@exаrnple.com', ['lol@example.com', 'ada@example.com'], 'lol@example.com'],
  ])('%s', async (_, newcomer, existing, found) => {
    expect(await lookAlikeOf(newcomer, existing)).toBe(found);
  });
});

describe('an address is none', () => {
  test.each([
    ['of itself', 'ada@example.com', ['ada@example.com']],
    ['of itself, in letters beyond ASCII', 'ada@exаmple.com', ['ada@exаmple.com']],
    ['where both are ASCII: a digit', 'john1@example.com', ['johnl@example.com']],
    ['where both are ASCII: two letters for one', 'ada@modern.com', ['ada@rnodern.com']],
    ['of somebody else at one international domain', 'john1@bücher.com', ['johnl@bücher.com']],
    ['where it differs to the eye', 'ada@bücher.com', ['ada@bucher.com']],
    ['of somebody else at a domain that looks alike', 'ada@exаmple.com', ['eve@example.com']],
    [
      'because of what stands before the at',
      'john1@example.com',
      ['xn--johnl@example.com', 'johnl@axn--b.com'],
    ],
    ['because of ASCII that merely has the sign in it', 'a@ex-xn--m.com', ['a@ex-xn--rn.com']],
    ['because of the sign before the at', 'b.xn--m@example.com', ['b.xn--rn@example.com']],
    ['where there is nobody', 'ada@example.com', []],
  ])('%s', async (_, newcomer, existing) => {
    expect(await lookAlikeOf(newcomer, existing)).toBeUndefined();
  });
});

test('however many are alike in ASCII, the one that is not is found', async () => {
  const world = await createWorld();
  const ascii = ['o0o', '0oo', '00o', 'oo0'].map((name) => `${name}@example.com`);
  for (const email of [...ascii, 'imported@example.com']) await world.visitor().register(email);
  const email = 'ooo@xn--exmple-4nf.com';
  await alterAccount(world, 'imported@example.com', { email, email_skeleton: skeletonOfAddress(email) });
  expect(await lookAlikeIn(world, '000@example.com')).toBe(email);
});

test('the account that is to have the address is not in its own way, and hides nobody else', async () => {
  const world = await createWorld();
  for (const email of ['ada@example.com', 'imported@example.com']) await world.visitor().register(email);
  const { id: except } = await readAccount(world, 'ada@example.com');
  const find = async () => {
    const found = await world.app.deps.db
      .transaction()
      .execute((trx) => findLookAlike(trx, 'ada@xn--exmple-4nf.com', { except }));
    return found?.email;
  };
  expect(await find()).toBeUndefined();
  const email = 'ada@xn--exmpl-5ve2b.com';
  await alterAccount(world, 'imported@example.com', { email, email_skeleton: skeletonOfAddress(email) });
  expect(await find()).toBe(email);
});
