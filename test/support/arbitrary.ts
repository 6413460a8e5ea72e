import fc from 'fast-check';

const SURROGATES = 0x800;

/**
 * Text of any Unicode scalar values, controls and unassigned ones included. fast-check's own `unit: 'binary'` says
 * the same and takes a second to build its tables.
 */
export function anyText({ maxLength = 40 }: { maxLength?: number } = {}): fc.Arbitrary<string> {
  const character = fc
    .oneof(fc.integer({ min: 0, max: 0x17f }), fc.integer({ min: 0, max: 0x10ffff - SURROGATES }))
    .map((index) => String.fromCodePoint(index < 0xd800 ? index : index + SURROGATES));
  return fc.array(character, { maxLength }).map((characters) => characters.join(''));
}

/** Any sequence of UTF-16 units: lone surrogates too, as JSON can carry them. */
export function anyUnits({ maxLength = 40 }: { maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength })
    .map((units) => String.fromCharCode(...units));
}
