/**
 * Undefined where it cannot be read. Not by `URL.canParse`: once Node 20 has compiled a call of it, it refuses every text that
 * has a letter between U+0080 and U+00FF and none beyond, such as `http://faß.example`.
 */
export function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
