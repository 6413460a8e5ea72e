const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/**
 * Whether an object in this well-formed JSON names a key twice. RFC 8259 §4 leaves open which one counts, so a
 * proxy or a log in front may have read another value than we do: refused rather than guessed.
 */
export function hasDuplicateKeys(json: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  let previous = '';
  for (const [token] of json.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(undefined);
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const key: unknown = JSON.parse(previous);
      const keys = open.at(-1);
      if (keys && typeof key === 'string') {
        if (keys.has(key)) return true;
        keys.add(key);
      }
    }
    previous = token;
  }
  return false;
}
