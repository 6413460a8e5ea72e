import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasDuplicateKeys } from '../../../server/http/duplicate-keys.ts';

test.each([
  ['{"a":1,"b":2}', false],
  ['{"a":1,"a":2}', true],
  ['{"a":1,"\\u0061":2}', true],
  ['{"a":{"a":1},"b":{"a":1}}', false],
  ['[{"a":1},{"a":1}]', false],
  ['{"x":[{"a":1,"b":[{}],"a":2}]}', true],
  ['{"0":{"email":"a"},"0":{"email":"b"}}', true],
  ['{"a":"{\\"b\\":1,\\"b\\":2}"}', false],
  ['{"a":"a","b":"a:","c":"\\""}', false],
  ['{"__proto__":1,"__proto__":2}', true],
  ['{ "a" : 1 , "a" : 2 }', true],
  ['"a"', false],
  ['null', false],
])('%s → %s', (json, expected) => {
  expect(hasDuplicateKeys(json)).toBe(expected);
});

test('what JSON.stringify writes never has any', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => !hasDuplicateKeys(JSON.stringify(value))));
});
