import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NEW } from '../../server/native-spread.mjs';

type Part = Record<string, unknown>;

// Boundary: what the text defines is a function of this shape.
const spread = runInNewContext(`${NEW}; _objectSpread2`) as (
  target: Part,
  ...sources: (Part | null)[]
) => Part;

test('copies what a spread copies, in the same order', () => {
  const part = fc.dictionary(fc.constantFrom('ctx', 'input', '1', 'next', '__proto__'), fc.integer());
  fc.assert(
    fc.property(part, fc.array(fc.option(part), { maxLength: 3 }), (target, sources) => {
      const expected = sources.reduce<Part>((all, source) => ({ ...all, ...source }), { ...target });
      expect(Object.entries(spread({ ...target }, ...sources))).toEqual(Object.entries(expected));
    }),
  );
});

test('a key that names the prototype stays a key', () => {
  const parsed = JSON.parse('{"__proto__": {"isAdmin": true}}') as Part;
  const copy = spread({}, parsed);
  expect(copy['isAdmin']).toBeUndefined();
  expect(Object.keys(copy)).toEqual(['__proto__']);
});

test('takes the symbols along, and nothing that is inherited or hidden', () => {
  const sign = Symbol('sign');
  const source = Object.create({ inherited: 1 }, { hidden: { value: 2 } }) as Part;
  expect(Reflect.ownKeys(spread({}, { ...source, [sign]: 3 }))).toEqual([sign]);
});
