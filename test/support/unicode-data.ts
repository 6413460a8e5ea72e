import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

// test/data/unicode/README.md says what is in these files.

const read = (name: string) => readFileSync(join(import.meta.dirname, '../data/unicode', name), 'utf8');

const rowsOf = (name: string) =>
  read(name)
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/; ?/));

const textOf = (codes = '') =>
  codes
    .split(' ')
    .map((code) => String.fromCodePoint(Number.parseInt(code, 16)))
    .join('');

export interface Forms {
  source: string;
  nfc: string;
  nfd: string;
  nfkc: string;
  nfkd: string;
}

/** UAX #15: of each text its four normal forms. */
export function readForms(): Forms[] {
  return rowsOf('normalization.txt').map((columns) => {
    const [source = '', nfc = '', nfd = '', nfkc = '', nfkd = ''] = columns.map(textOf);
    return { source, nfc, nfd, nfkc, nfkd };
  });
}

/** Characters that differ in case only, and the one that both fold to (status C, as in the file's own comment). */
export function readCasePairs(): { character: string; folded: string }[] {
  return rowsOf('case-folding.txt')
    .filter(([, status]) => status === 'C')
    .map(([code, , folding]) => ({ character: textOf(code), folded: textOf(folding) }));
}

/** Characters, and what they are taken for (UTS #39 §4). */
export function readConfusables(): [character: string, prototype: string][] {
  return Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(read('confusables.json'))));
}
