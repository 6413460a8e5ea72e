import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePunycode } from '../../shared/punycode.ts';

describe('Punycode', () => {
  // RFC 3492 §7.1, those in one case.
  test.each([
    ['Arabic', 'egbpdaj6bu4bxfgehfvwxn', 'ليهمابتكلموشعربي؟'],
    ['Chinese, simplified', 'ihqwcrb4cv8a8dqg056pqjye', '他们为什么不说中文'],
    ['Hebrew', '4dbcagdahymbxekheh6e0a7fei0b', 'למההםפשוטלאמדבריםעברית'],
    ['Hindi', 'i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd', 'यहलोगहिन्दीक्योंनहींबोलसकतेहैं'],
    ['Japanese', 'n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa', 'なぜみんな日本語を話してくれないのか'],
    ['words in two scripts', '2-u9tlzr9756bt3uc0v', 'ひとつ屋根の下2'],
  ])('%s', (_, encoded, text) => {
    expect(decodePunycode(encoded)).toBe(text);
  });

  test.each([
    ['a number that has only begun', 'z'],
    ['a digit that there is not', 'ü'],
    ['a number that does not end', '99999999'],
    ['a code point beyond the last', '99999999999a'],
    ['numbers without bound', '9'.repeat(59)],
  ])('%s stands for nothing', (_, encoded) => {
    expect(decodePunycode(encoded)).toBeUndefined();
  });

  test('is read as the engine writes it', () => {
    const letter = fc.constantFrom(...Array.from('abcäöüßéñ中文字あいう한국어кириллица🏆2'));
    fc.assert(
      fc.property(fc.array(letter, { minLength: 1, maxLength: 12 }), (letters) => {
        const text = letters.join('').normalize('NFC');
        const { hostname } = new URL(`http://${text}a`);
        fc.pre(hostname.startsWith('xn--'));
        expect(decodePunycode(hostname.slice(4))).toBe(`${text}a`);
      }),
    );
  });
});
