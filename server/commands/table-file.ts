import { extname } from 'node:path';
import { parseArgs } from 'node:util';
import type { TableFormat } from '../lib/rows.ts';

export interface TableFile {
  /** `-`: standard input or output. */
  path: string;
  format: TableFormat;
}

const FORMATS = new Map<string, TableFormat>([
  ['csv', 'csv'],
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
]);

/** `FILE [--format FORMAT]`. Undefined for anything else, and where neither name nor option says what it is. */
export function readTableFile(words: string[]): TableFile | undefined {
  const { values, positionals } = readOptions(words) ?? { values: {}, positionals: [] };
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) return undefined;
  const format = FORMATS.get(values.format ?? extname(path).slice(1).toLowerCase());
  return format && { path, format };
}

function readOptions(words: string[]) {
  try {
    return parseArgs({ args: words, options: { format: { type: 'string' } }, allowPositionals: true });
  } catch {
    // An option that is not there: how it is meant is said by the usage.
    return undefined;
  }
}
