import { describe, expect, test } from 'vitest';
import confusables from '../../../server/lib/confusables.json';
import { skeletonOfAddress } from '../../../server/lib/skeleton.ts';
import { emailSchema } from '../../../shared/email.ts';
import { readConfusables } from '../../support/unicode-data.ts';

/** What IDNA keeps as it is: an upper-case letter can be like another one, and its lower case like none. */
const ITSELF = /^\P{Changes_When_NFKC_Casefolded}$/u;

const skeletonOf = (typed: string) => skeletonOfAddress(emailSchema.parse(typed));

describe('addresses that look alike have one skeleton', () => {
  test.each([
    ['a Cyrillic letter', 'ada@example.com', 'ada@exаmple.com'],
    ['another of that word', 'ada@exаmple.com', 'ada@examрle.com'],
    ['a whole word in Cyrillic', 'ada@apple.com', 'ada@аррӏе.com'],
    ['a Greek letter', 'ada@google.com', 'ada@gοοgle.com'],
    ['a Cherokee letter', 'ada@mail.com', 'ada@Ꮇail.com'],
    ['a letter for two', 'ada@modern.com', 'ada@ᛖodern.com'],
    ['a dotless i', 'ada@mail.com', 'ada@maıl.com'],
    ['a digit of another script', 'ada@loop.com', 'ada@l०op.com'],
    ['within ASCII, a digit and a letter', 'john1@example.com', 'johnl@example.com'],
    ['within ASCII, two letters and one', 'adam@example.com', 'adarn@example.com'],
    ['a mark that can be part of its letter', 'ada@bücher.com', 'ada@bu\u0308cher.com'],
    ['a joiner that nobody sees', 'ada@\u0915\u094d\u0937.com', 'ada@xn--11b2ezcw70k.com'],
  ])('%s', (_, one, other) => {
    expect(skeletonOf(other)).toBe(skeletonOf(one));
  });

  test('whichever confusable of Unicode is in the domain', () => {
    const differing: string[] = [];
    let compared = 0;
    for (const [character, prototype] of readConfusables()) {
      if (!ITSELF.test(character) || character.normalize('NFD') !== character) continue;
      const [one, other] = [character, prototype].map((text) => emailSchema.safeParse(`ada@x${text}.com`));
      if (!one?.success || !other?.success || one.data === other.data) continue;
      compared += 1;
      if (skeletonOfAddress(one.data) !== skeletonOfAddress(other.data)) differing.push(character);
    }
    expect(compared).toBeGreaterThan(100);
    expect(differing).toEqual([]);
  });
});

describe('addresses that do not look alike have two', () => {
  test.each([
    ['another letter', 'ada@example.com', 'eda@example.com'],
    ['an accent', 'ada@bücher.com', 'ada@bucher.com'],
    ['a dot', 'a.da@example.com', 'ada@example.com'],
    ['a Cyrillic letter that is like none of ours', 'ada@example.com', 'ada@exaжple.com'],
    ['what ends in another domain', 'ada@example.com', 'ada@example.com.example'],
    ['sharp s and two of them', 'ada@faß.com', 'ada@fass.com'],
  ])('%s', (_, one, other) => {
    expect(skeletonOf(other)).not.toBe(skeletonOf(one));
  });
});

test('what stands for others is what nothing else stands for: so alike is the same in both directions', () => {
  const characters = new Set(Object.values(confusables).flatMap((text) => Array.from(text)));
  const unstable = Object.keys(confusables).filter(
    (prototype) =>
      prototype.normalize('NFD').toLowerCase() !== prototype ||
      Array.from(prototype).some((character) => characters.has(character)),
  );
  expect(unstable).toEqual([]);
});

test('an address that an older release took, and that cannot be shown, is like itself only', () => {
  expect(skeletonOfAddress('ada@xn--a.com')).toBe('ada@xn--a.corn');
});
