import { expect, test } from 'vitest';
import { judgeStrength } from '../../../client/lib/password-strength/judge-strength.ts';

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
