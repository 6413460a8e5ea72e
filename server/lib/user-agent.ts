/** What most browsers' names consist of, the longest first. Each is kept as one control character. */
const COMMON = [
  ' AppleWebKit/537.36 (KHTML, like Gecko) ',
  ' AppleWebKit/605.1.15 (KHTML, like Gecko) ',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10',
  'Mozilla/5.0 (iPhone; CPU iPhone OS ',
  'Mozilla/5.0 (Linux; Android ',
  'Mozilla/5.0 (X11; Linux x86_64',
  ' like Mac OS X)',
  ' Mobile/15E148 ',
  ' Safari/537.36',
  ' Safari/604.1',
  ' Gecko/20100101 Firefox/',
  'Chrome/',
  '.0.0.0',
] as const;

/** From U+0001 on, leaving out tab: no header value contains any of them (RFC 9110 §5.5). */
const marks = COMMON.map((_, index) => String.fromCodePoint(index < 8 ? index + 1 : index + 2));

/**
 * A User-Agent header in a third of its length: it stands in every session's row, where it would be the largest part,
 * and differs in little from one to the next. What is not packed unpacks to itself.
 */
export function packUserAgent(text: string): string {
  // No header has a NUL, and PostgreSQL could not store it.
  const storable = text.replaceAll('\0', '\ufffd');
  return COMMON.reduce((packed, part, index) => packed.replaceAll(part, marks[index] ?? part), storable);
}

export function unpackUserAgent(packed: string): string {
  return COMMON.reduceRight((text, part, index) => text.replaceAll(marks[index] ?? part, part), packed);
}
