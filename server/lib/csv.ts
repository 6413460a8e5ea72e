/**
 * The fields of one record (RFC 4180 §2), without its line end. `open`: a quoted field goes on in the next line.
 * `malformed`: a quote where none may be.
 */
export function parseCsvRecord(text: string): string[] | 'open' | 'malformed' {
  const fields: string[] = [];
  for (let start = 0; ;) {
    const field = text[start] === '"' ? readQuoted(text, start) : readPlain(text, start);
    if (typeof field === 'string') return field;
    fields.push(field.value);
    if (field.end === text.length) return fields;
    start = field.end + 1;
  }
}

/** `end`: where its comma is, or the end of the text. */
type Field = { value: string; end: number } | 'open' | 'malformed';

function readQuoted(text: string, start: number): Field {
  let close = text.indexOf('"', start + 1);
  while (close !== -1 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close === -1) return 'open';
  const end = close + 1;
  if (end < text.length && text[end] !== ',') return 'malformed';
  return { value: text.slice(start + 1, close).replaceAll('""', '"'), end };
}

function readPlain(text: string, start: number): Field {
  const comma = text.indexOf(',', start);
  const end = comma === -1 ? text.length : comma;
  const value = text.slice(start, end);
  return value.includes('"') ? 'malformed' : { value, end };
}

/** One record with its line end: LF, which every reader of CSV takes. Fields are quoted where they must be. */
export function formatCsvRecord(fields: readonly string[]): string {
  return `${fields.map(quoteWhereDue).join(',')}\n`;
}

function quoteWhereDue(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
