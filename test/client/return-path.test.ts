import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeReturnPath } from '../../client/lib/return-path.ts';

test.each([
  ['/profile', '/profile'],
  ['/', '/'],
  ['/profile?tab=1&x=%2F#name', '/profile?tab=1&x=%2F#name'],
  ['/a/../profile', '/profile'],
  ['/search?q=//evil.example', '/search?q=//evil.example'],
  ['/name@evil.example', '/name@evil.example'],
])('%s is a place to return to', (text, path) => {
  expect(safeReturnPath(text)).toBe(path);
});

test.each([
  [undefined],
  [42],
  [['/profile']],
  [''],
  ['profile'],
  ['https://evil.example'],
  ['javascript:alert(1)'],
  ['//evil.example'],
  ['///evil.example'],
  ['/\\evil.example'],
  ['\\\\evil.example'],
  ['/\t/evil.example'],
  ['/\n/evil.example'],
  ['\u0000/profile'],
  [' /profile'],
  ['/.//evil.example'],
  ['/a/..//evil.example'],
  ['/%2e//evil.example'],
  [`/${'a'.repeat(2000)}`],
])('%j is not', (text) => {
  expect(safeReturnPath(text)).toBeUndefined();
});

test('whatever comes out leads to this origin, however it is resolved', () => {
  const pieces = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '%2e',
    '%2f',
    ':',
    '@',
    '?',
    '#',
    '\t',
    '\n',
    'http:',
    'evil.example',
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 8 }),
      (parts) => {
        const path = safeReturnPath(`/${parts.join('')}`);
        if (path !== undefined)
          expect(new URL(path, 'https://own.example/sign-in').origin).toBe('https://own.example');
      },
    ),
    { numRuns: 2000 },
  );
});
