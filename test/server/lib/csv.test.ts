import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCsvRecord, parseCsvRecord } from '../../../server/lib/csv.ts';
import { anyText } from '../../support/arbitrary.ts';

describe('a record of RFC 4180', () => {
  test.each<[string, string, string[] | 'open' | 'malformed']>([
    ['plain fields', 'a,b,c', ['a', 'b', 'c']],
    ['one field', 'a', ['a']],
    ['empty fields', ',,', ['', '', '']],
    ['nothing', '', ['']],
    ['spaces, which are part of a field', ' a , b', [' a ', ' b']],
    ['quoted fields', '"a","b"', ['a', 'b']],
    ['an empty quoted field', 'a,"",c', ['a', '', 'c']],
    ['a comma in quotes', '"a,b",c', ['a,b', 'c']],
    ['quotes in quotes', '"say ""a""",b', ['say "a"', 'b']],
    ['nothing but quotes', '""""', ['"']],
    ['a line end in quotes', '"a\nb",c', ['a\nb', 'c']],
    ['quotes that go on', 'a,"b', 'open'],
    ['quotes that end in a doubled one', 'a,"b""', 'open'],
    ['a quote in a plain field', 'a,5" disk', 'malformed'],
    ['text behind quotes', '"a"b,c', 'malformed'],
    ['a space before quotes', 'a, "b"', 'malformed'],
  ])('%s', (_, text, expected) => {
    expect(parseCsvRecord(text)).toEqual(expected);
  });

  test('holds what was written into it, whatever that was', () => {
    const fields = fc.array(fc.oneof(anyText(), fc.string({ unit: fc.constantFrom('"', ',', '\n', 'a') })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(fields, (written) => {
        const record = formatCsvRecord(written);
        expect(record.endsWith('\n')).toBe(true);
        expect(parseCsvRecord(record.slice(0, -1))).toEqual(written);
      }),
    );
  });
});
