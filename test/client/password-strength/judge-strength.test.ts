import { expect, test } from 'vitest';
import { judgeStrength } from '../../../client/lib/password-strength/judge-strength.ts';
import { estimateStrength } from '../../../shared/password-strength.mjs';

const context = { minLength: 15, email: 'ada.lovelace@example.com' };

test.each([
  ['', 'empty', 0, /^At least 15 characters\./],
  ['123456789', 'weak', 0.6, '9 of at least 15 characters.'],
  ['🔑🔑🔑', 'weak', 0.2, '3 of at least 15 characters.'],
  ['ada.lovelace@example.com', 'weak', 1, /not built from your e-mail address/],
  ['sallyportsallyport', 'weak', 1, /not built from the name Sallyport/],
  ['abababababababab', 'weak', 1, 'Use more different characters.'],
  ['correct horse battery staple', 'good', 1, 'Long enough.'],
] as const)('“%s” is %s, %d of the way', (password, level, progress, words) => {
  const strength = judgeStrength(password, context);
  expect(strength).toMatchObject({ level, progress });
  expect(strength.words).toMatch(words);
});

test.each([
  ['correct horse battery staple', 'good', 'Good: long enough, and hard to guess.'],
  ['princess princess', 'weak', /^Too easy to guess: common words .* Add a few unrelated words\.$/],
  ['Wojciechowska1987', 'weak', /^Too easy to guess for somebody who knows your name/],
  ['14.02.1990 2026', 'weak', /dates and years are tried early/],
  ['princess', 'weak', '8 of at least 15 characters.'],
] as const)('once the words are there, “%s” is %s', (password, level, words) => {
  const strength = judgeStrength(password, { ...context, name: 'Ada Wojciechowska', estimateStrength });
  expect(strength.level).toBe(level);
  expect(strength.words).toMatch(words);
});
