import { formatCsvRecord, parseCsvRecord } from './csv.ts';
import { readLines, type Line } from './lines.ts';

export type TableFormat = 'csv' | 'jsonl';

/** `line`: the first of the row's. `values` has known columns only, and no empty value: empty is absent. */
export type Row = { line: number; values: Record<string, string> } | { line: number; problem: string };

export interface Columns {
  known: readonly string[];
  /** The one that no row can be without. */
  required: string;
}

export interface Table {
  format: TableFormat;
  columns: Columns;
}

/** Bytes. A row of ours has some hundreds. */
const MAX_ROW = 64 * 1024;

const TOO_LONG = `longer than ${MAX_ROW / 1024} KiB`;
const NOT_UTF8 = 'not UTF-8';

/**
 * Rows of a table, one at a time. What is wrong with one is said without quoting it: it may be a password's hash, and
 * what is said ends up in logs.
 */
export function readRows(chunks: AsyncIterable<Buffer>, { format, columns }: Table): AsyncGenerator<Row> {
  const lines = readLines(chunks, MAX_ROW);
  return format === 'csv' ? readCsv(lines, columns) : readJsonLines(lines, columns);
}

/** The same, the other way: a piece of text for each row. */
export async function* formatRows(
  rows: AsyncIterable<Record<string, string>>,
  { format, columns: { known } }: Table,
): AsyncGenerator<string> {
  if (format === 'csv') yield formatCsvRecord(known);
  for await (const row of rows)
    yield format === 'csv'
      ? formatCsvRecord(known.map((name) => row[name] ?? ''))
      : `${JSON.stringify(Object.fromEntries(known.map((name) => [name, row[name] || null])))}\n`;
}

async function* readCsv(lines: AsyncIterable<Line>, columns: Columns): AsyncGenerator<Row> {
  let header: string[] | undefined;
  for await (const record of readRecords(lines)) {
    const { line } = record;
    if ('problem' in record) {
      yield record;
      if (!header) return;
    } else if (header) {
      yield toRow(line, { header, fields: record.fields });
    } else {
      header = record.fields;
      const problem = findHeaderProblem(header, columns);
      if (problem === undefined) continue;
      yield { line, problem };
      return;
    }
  }
  if (!header) yield { line: 1, problem: 'no header with the names of the columns' };
}

type CsvRecord = { line: number; fields: string[] } | { line: number; problem: string };

/**
 * A quoted field may hold line ends, and what follows one is not a row, however much it looks like one: whoever could
 * choose a name in the old system would otherwise write rows of their own. So where quotes cannot be followed any
 * further, nothing after that is read.
 */
async function* readRecords(lines: AsyncIterable<Line>): AsyncGenerator<CsvRecord> {
  let open: { line: number; text: string; isUtf8: boolean } | undefined;
  for await (const { number, text, isUtf8 } of lines) {
    const line = open?.line ?? number;
    const record = text !== undefined && open ? `${open.text}\n${text}` : text;
    if (record === undefined || record.length > MAX_ROW) {
      yield { line, problem: `${TOO_LONG}, or a quote is not closed; nothing after it was read` };
      return;
    }
    if (record === '') continue;
    const isWhole = isUtf8 && (open?.isUtf8 ?? true);
    const fields = parseCsvRecord(record);
    open = fields === 'open' ? { line, text: record, isUtf8: isWhole } : undefined;
    if (fields === 'malformed') yield { line, problem: 'a quote where none may be (RFC 4180)' };
    else if (fields !== 'open') yield isWhole ? { line, fields } : { line, problem: NOT_UTF8 };
  }
  if (open) yield { line: open.line, problem: 'a quote is not closed' };
}

/** Unknown names are not shown: without a header they are the first person's values. */
function findHeaderProblem(header: readonly string[], { known, required }: Columns): string | undefined {
  const unknown = header.findIndex((name) => !known.includes(name));
  if (unknown !== -1) return `the name of column ${unknown + 1} is none of ${known.join(', ')}`;
  if (new Set(header).size !== header.length) return 'two columns have the same name';
  return header.includes(required) ? undefined : `there is no column ${required}`;
}

function toRow(line: number, { header, fields }: { header: string[]; fields: string[] }): Row {
  if (fields.length !== header.length)
    return { line, problem: `${fields.length} values for ${header.length} columns` };
  const pairs = header.map((name, index): [string, string] => [name, fields[index] ?? '']);
  return { line, values: Object.fromEntries(pairs.filter(([, value]) => value !== '')) };
}

async function* readJsonLines(lines: AsyncIterable<Line>, columns: Columns): AsyncGenerator<Row> {
  for await (const { number: line, text, isUtf8 } of lines) {
    if (text === undefined) yield { line, problem: TOO_LONG };
    else if (!isUtf8) yield { line, problem: NOT_UTF8 };
    else if (text.trim() !== '') yield { line, ...readJsonObject(text, columns) };
  }
}

function readJsonObject(
  text: string,
  { known }: Columns,
): { values: Record<string, string> } | { problem: string } {
  const parsed = parseJson(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { problem: 'not a JSON object' };
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries<unknown>({ ...parsed })) {
    if (!known.includes(name)) return { problem: `${nameOf(name)} is none of ${known.join(', ')}` };
    if (
      typeof value !== 'string' &&
      typeof value !== 'boolean' &&
      typeof value !== 'number' &&
      value !== null
    )
      return { problem: `${name}: not a text, a number, true, false or null` };
    if (value !== null && value !== '') values[name] = String(value);
  }
  return { values };
}

/** Undefined when it is none, which no JSON text stands for. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The message would quote the line.
    return undefined;
  }
}

/** What may be meant as a name, and cannot move the cursor of a terminal. */
function nameOf(name: string): string {
  return /^\w{1,40}$/.test(name) ? name : 'a name';
}
