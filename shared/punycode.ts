// Punycode, RFC 3492 §5: its numbers for international domain names.
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 128;
const LAST_CODE_POINT = 0x10ffff;

const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/**
 * What the part of a label behind `xn--` stands for, in lower case (RFC 3492 §6.2). Undefined where it stands for nothing.
 * Here, because engines disagree: the newer ones let an unreadable label through `URL` as it is.
 */
export function decodePunycode(text: string): string | undefined {
  const delimiter = text.lastIndexOf('-');
  const output = delimiter > 0 ? Array.from(text.slice(0, delimiter)) : [];
  const extended = text.slice(delimiter + 1);
  let [n, i, bias] = [INITIAL_N, 0, INITIAL_BIAS];
  for (let at = 0; at < extended.length;) {
    const delta = readDelta(extended.slice(at), bias);
    if (!delta) return undefined;
    at += delta.length;
    i += delta.value;
    const count = output.length + 1;
    bias = adaptBias(delta.value, count, at === delta.length);
    n += Math.floor(i / count);
    i %= count;
    if (n > LAST_CODE_POINT) return undefined;
    output.splice(i, 0, String.fromCodePoint(n));
    i += 1;
  }
  return output.join('');
}

/** One generalized variable-length integer (§3.3), and how many digits it has. A label is short: nothing overflows. */
function readDelta(digits: string, bias: number): { value: number; length: number } | undefined {
  let [value, weight] = [0, 1];
  for (const [index, character] of Array.from(digits).entries()) {
    const digit = DIGITS.indexOf(character);
    if (digit < 0) return undefined;
    value += digit * weight;
    const threshold = Math.min(T_MAX, Math.max(T_MIN, BASE * (index + 1) - bias));
    if (digit < threshold) return { value, length: index + 1 };
    weight *= BASE - threshold;
    // Beyond every code point at every place of a label.
    if (weight > Number.MAX_SAFE_INTEGER) return undefined;
  }
  return undefined;
}

/** §6.1 */
function adaptBias(delta: number, count: number, isFirst: boolean): number {
  let rest = Math.floor(delta / (isFirst ? DAMP : 2));
  rest += Math.floor(rest / count);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}
