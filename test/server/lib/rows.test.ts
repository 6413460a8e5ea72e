import { describe, expect, test } from 'vitest';
import { formatRows, readRows, type Row, type TableFormat } from '../../../server/lib/rows.ts';

const COLUMNS = { known: ['email', 'name', 'hash'], required: 'email' };

/** `size`: bytes that come at once. */
async function read(format: TableFormat, content: string | Buffer, size = 1 << 16): Promise<Row[]> {
  const bytes = Buffer.from(content);
  async function* chunks() {
    for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
  }
  const rows: Row[] = [];
  for await (const row of readRows(chunks(), { format, columns: COLUMNS })) rows.push(row);
  return rows;
}

const readCsv = (content: string | Buffer, size?: number) => read('csv', content, size);
const ada = { email: 'ada@example.com', name: 'Ada' };

describe('a CSV file', () => {
  test('may have its columns in any order, and empty values, which are left out', async () => {
    expect(await readCsv('name,hash,email\nAda,,ada@example.com\n')).toEqual([{ line: 2, values: ada }]);
  });

  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
  ])('may end its lines in %s, and the last in nothing, and have a byte order mark', async (_, end) => {
    const content = `\ufeff"email",name${end}ada@example.com,Ada${end}${end}b@example.com,Bé`;
    const expected = [
      { line: 2, values: ada },
      { line: 4, values: { email: 'b@example.com', name: 'Bé' } },
    ];
    for (const size of [1, 2, 3, 7, 100])
      expect(await readCsv(content, size), String(size)).toEqual(expected);
  });

  test.each([
    ['no header', 'ada@example.com,secret-hash', 'the name of column 1 is none of email, name, hash'],
    ['an unknown column', 'email,password', 'the name of column 2 is none of email, name, hash'],
    ['another separator', 'email;name', 'the name of column 1 is none of email, name, hash'],
    ['a column twice', 'email,name,name', 'two columns have the same name'],
    ['no addresses', 'name,hash', 'there is no column email'],
    ['a broken header', 'email,"name"x', 'a quote where none may be (RFC 4180)'],
  ])('is refused as a whole for %s', async (_, header, problem) => {
    expect(await readCsv(`${header}\nb@example.com,B\n`)).toEqual([{ line: 1, problem }]);
  });

  test('without a line is refused', async () => {
    for (const content of ['', '\n\n'])
      expect(await readCsv(content)).toEqual([
        { line: 1, problem: 'no header with the names of the columns' },
      ]);
  });

  test('that is UTF-16 is refused as a whole', async () => {
    expect(await readCsv(Buffer.from('\ufeffemail,name\na@example.com,A\n', 'utf16le'))).toEqual([
      { line: 1, problem: 'not UTF-8' },
    ]);
  });

  test.each([
    ['too few values', 'x@example.com', '1 values for 2 columns'],
    ['too many values', 'x@example.com,X,Y', '3 values for 2 columns'],
    ['a stray quote', 'x@example.com,5" X', 'a quote where none may be (RFC 4180)'],
    ['bytes that are no UTF-8', Buffer.from('x@example.com,B\xe9', 'latin1'), 'not UTF-8'],
    ['bytes that break off', Buffer.from('x@example.com,"\xe2\x82"', 'latin1'), 'not UTF-8'],
  ])('loses one row for %s', async (_, row, problem) => {
    const content = [Buffer.from('email,name\n'), Buffer.from(row), Buffer.from('\nada@example.com,Ada\n')];
    expect(await readCsv(Buffer.concat(content))).toEqual([
      { line: 2, problem },
      { line: 3, values: ada },
    ]);
  });

  /** Whoever chose this name in the old system would own an account here, with a verified address of somebody else. */
  test('keeps a name with line ends in one row: none is written by a name', async () => {
    const name = 'x\nroot@example.com,Root\n';
    expect(await readCsv(`email,name\nx@example.com,"${name}"\nada@example.com,Ada\n`)).toEqual([
      { line: 2, values: { email: 'x@example.com', name } },
      { line: 5, values: ada },
    ]);
  });

  test('that is no UTF-8 in one line of a row has one row less', async () => {
    const content = Buffer.from('email,name\nx@example.com,"B\xe9\nB"\nada@example.com,Ada\n', 'latin1');
    expect(await readCsv(content)).toEqual([
      { line: 2, problem: 'not UTF-8' },
      { line: 4, values: ada },
    ]);
  });

  test('with a row of any length in it is not read on, since its quotes may be open', async () => {
    const end = 'longer than 64 KiB, or a quote is not closed; nothing after it was read';
    const long = 'x'.repeat(65 * 1024);
    const short = `${'x'.repeat(1023)}\n`.repeat(65);
    for (const name of [long, short, `${long}\nroot@example.com,Root\n`])
      expect(
        await readCsv(`email,name\nada@example.com,Ada\nx@example.com,"${name}"\nb@example.com,B\n`),
      ).toEqual([
        { line: 2, values: ada },
        { line: 3, problem: end },
      ]);
  });

  test('that ends inside quotes says where they began', async () => {
    expect(await readCsv('email,name\nada@example.com,Ada\nb@example.com,"B\n\n')).toEqual([
      { line: 2, values: ada },
      { line: 3, problem: 'a quote is not closed' },
    ]);
  });
});

describe('JSON lines', () => {
  test('may have their values in any order, and of the kinds that JSON has for them', async () => {
    const lines = [
      '{"name":"Ada","email":"ada@example.com"}',
      '',
      ' {"email":"b","name":true,"hash":null}\r',
      '{"email":1}',
    ];
    for (const size of [1, 5, 1000])
      expect(await read('jsonl', `\ufeff${lines.join('\n')}`, size)).toEqual([
        { line: 1, values: ada },
        { line: 3, values: { email: 'b', name: 'true' } },
        { line: 4, values: { email: '1' } },
      ]);
  });

  test('may hold line ends of Unicode, which end no line here', async () => {
    const values = { email: 'ada\u2028@example.com' };
    expect(await read('jsonl', JSON.stringify(values))).toEqual([{ line: 1, values }]);
  });

  test.each([
    ['what is no JSON', '{"hash":"$2b$', 'not a JSON object'],
    ['a list', '["ada@example.com"]', 'not a JSON object'],
    ['null', 'null', 'not a JSON object'],
    ['an object in a value', '{"email":{"a":1}}', 'email: not a text, a number, true, false or null'],
    ['an unknown name', '{"email":"a","password":"p"}', 'password is none of email, name, hash'],
    ['a name that is none', '{"\\u001b[2J":"a"}', 'a name is none of email, name, hash'],
    ['the prototype', '{"__proto__":{"email":"a"}}', '__proto__ is none of email, name, hash'],
    ['bytes that are no UTF-8', Buffer.from('{"name":"\xe9"}', 'latin1'), 'not UTF-8'],
    ['any length', JSON.stringify({ name: 'x'.repeat(65 * 1024) }), 'longer than 64 KiB'],
  ])('lose one row for %s', async (_, row, problem) => {
    const content = [Buffer.from(row), Buffer.from(`\n${JSON.stringify(ada)}\n`)];
    for (const size of [1000, 1 << 20])
      expect(await read('jsonl', Buffer.concat(content), size)).toEqual([
        { line: 1, problem },
        { line: 2, values: ada },
      ]);
  });
});

test.each(['csv', 'jsonl'] as const)('what is written as %s is read again', async (format) => {
  const rows = [ada, { email: 'b@example.com', name: '=1+1, "quoted" \u2028', hash: '$2b$' }];
  async function* source() {
    yield* rows;
  }
  let text = '';
  for await (const piece of formatRows(source(), { format, columns: COLUMNS })) text += piece;
  const again = await read(format, text);
  expect(again.map((row) => 'values' in row && row.values)).toEqual(rows);
});
