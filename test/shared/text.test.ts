import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePoints, isPlainText, withoutUnshowable, withoutZeroWidth } from '../../shared/text.ts';
import { anyText, anyUnits } from '../support/arbitrary.ts';

describe('text that can be stored and shown without change', () => {
  test.each([
    ['letters', 'Ada Lovelace', true],
    ['any script', 'Ада · 愛 · عائشة', true],
    ['an emoji of several code points', '👩‍💻', true],
    ['nothing', '', true],
    ['a combining mark', 'e\u0301', true],
    ['a NUL', 'a\0b', false],
    ['a line break', 'a\nb', false],
    ['an escape sequence of a terminal', '\u001b[31mred', false],
    ['a C1 control', 'a\u0085b', false],
    ['a line separator', 'a\u2028b', false],
    ['an override of direction', 'a\u202eb', false],
    ['each of the three invisible marks of direction', 'a\u061cb', false],
    ['each of the three invisible marks of direction', 'a\u200eb', false],
    ['each of the three invisible marks of direction', 'a\u200fb', false],
    ['an isolate of direction', 'a\u2066b', false],
    ['an invisible space', 'a\u200bb', false],
    ['a byte order mark', '\ufeffa', false],
    ['a high surrogate alone', 'a\ud83d', false],
    ['a low surrogate alone', '\ude00a', false],
  ])('%s: %j → %s', (_, text, plain) => {
    expect(isPlainText(text)).toBe(plain);
  });

  test('survives UTF-8 unchanged', () => {
    fc.assert(
      fc.property(anyUnits(), (text) => {
        if (isPlainText(text)) expect(Buffer.from(text).toString()).toBe(text);
      }),
    );
  });
});

describe('what is pasted unseen', () => {
  test.each([
    ['is taken out', '\ufeffA\u200bd\u2060a', 'Ada'],
    ['is taken out however often', '\u200b\u200bAda\u200b', 'Ada'],
    ['leaves joiners, which emoji and scripts need', '👩\u200d💻 می\u200cخواهم', '👩\u200d💻 می\u200cخواهم'],
    ['leaves what is to be refused: controls', 'A\0da\n', 'A\0da\n'],
    ['leaves what is to be refused: marks of direction', 'A\u202eda\u200f\u2066', 'A\u202eda\u200f\u2066'],
  ])('%s', (_, pasted, text) => {
    expect(withoutZeroWidth(pasted)).toBe(text);
  });
});

describe('text that cannot be refused', () => {
  test('says where something was that cannot be shown', () => {
    expect(withoutUnshowable('Evil\u202e/1\u0085\t\ud83d é 👩\u200d💻')).toBe(
      'Evil\ufffd/1\ufffd\ufffd\ufffd é 👩\u200d💻',
    );
  });

  test('is plain afterwards, and stays as it is when it was plain', () => {
    fc.assert(
      fc.property(anyUnits(), (text) => {
        expect(isPlainText(withoutUnshowable(text))).toBe(true);
        if (isPlainText(text)) expect(withoutUnshowable(text)).toBe(text);
      }),
    );
  });
});

test('length is counted in code points', () => {
  expect(codePoints('')).toBe(0);
  expect(codePoints('abc')).toBe(3);
  expect(codePoints('🦉🌊')).toBe(2);
  expect(codePoints('e\u0301')).toBe(2);
  fc.assert(fc.property(anyText(), (text) => codePoints(text) === Array.from(text).length));
});
