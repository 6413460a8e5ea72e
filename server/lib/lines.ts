import { isUtf8 } from 'node:buffer';

export interface Line {
  /** From 1. */
  number: number;
  /** Without its end (LF or CRLF). Undefined: longer than the limit; its end was found all the same. */
  text: string | undefined;
  /** False: some bytes were no UTF-8, and U+FFFD stands for them. Every ASCII character is still in its place. */
  isUtf8: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = '\ufeff';

/** `limit`: bytes of a line. No more than that is held, however long the line and the whole may be. */
export async function* readLines(chunks: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Line> {
  let number = 1;
  let pieces: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length;) {
      const end = chunk.indexOf(LF, start);
      const piece = chunk.subarray(start, end === -1 ? chunk.length : end);
      length += piece.length;
      if (length > limit) pieces = [];
      else pieces.push(piece);
      if (end === -1) break;
      yield toLine(number, length > limit ? undefined : pieces);
      number += 1;
      pieces = [];
      length = 0;
      start = end + 1;
    }
  }
  if (length > 0) yield toLine(number, length > limit ? undefined : pieces);
}

function toLine(number: number, pieces: Buffer[] | undefined): Line {
  if (!pieces) return { number, text: undefined, isUtf8: true };
  const bytes = Buffer.concat(pieces);
  const text = bytes.toString('utf8', 0, bytes.at(-1) === CR ? bytes.length - 1 : bytes.length);
  const isMarked = number === 1 && text.startsWith(BYTE_ORDER_MARK);
  return { number, text: isMarked ? text.slice(1) : text, isUtf8: isUtf8(bytes) };
}
