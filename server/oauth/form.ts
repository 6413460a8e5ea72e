import { isUtf8 } from 'node:buffer';
import { OAuthError } from './oauth-error.ts';

/** Each parameter once, and none of them empty. */
export type Form = Readonly<Record<string, string>>;

const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

/** RFC 6749 §B: the form is UTF-8. */
const OTHER_CHARSET = /;\s*charset\s*=\s*(?!"?utf-8"?\s*(?:;|$))/i;

/** More than any request has. */
const MAX_PARAMETERS = 50;

/**
 * RFC 6749 §3.2 and §B. A parameter without a value counts as left out; one that stands twice is refused, whatever its
 * name. So are bytes and percent signs that are no UTF-8: read as U+FFFD, one wrong password would be like another.
 */
export function readForm({ contentType, body }: { contentType: string | undefined; body: Buffer }): Form {
  if (contentType === undefined || !FORM_TYPE.test(contentType) || OTHER_CHARSET.test(contentType))
    throw new OAuthError('invalid_request', 'expected application/x-www-form-urlencoded in UTF-8');
  if (!isUtf8(body)) throw notReadable();
  const pairs = body
    .toString('utf8')
    .split('&', MAX_PARAMETERS + 1)
    .filter((pair) => pair !== '');
  if (pairs.length > MAX_PARAMETERS) throw new OAuthError('invalid_request', 'there are too many parameters');
  const form = new Map<string, string>();
  for (const pair of pairs) {
    const [name, value] = splitOnce(pair, '=');
    const key = decodeFormText(name);
    if (form.has(key)) throw new OAuthError('invalid_request', 'a parameter stands twice');
    form.set(key, decodeFormText(value));
  }
  return Object.fromEntries([...form].filter(([, value]) => value !== ''));
}

/** What stands before the first separator, and what behind it. */
export function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** `+` is a space, `%` begins a byte of UTF-8. Fails with `invalid_request` at anything that is neither. */
export function decodeFormText(text: string): string {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw notReadable();
  }
}

function notReadable(): OAuthError {
  return new OAuthError('invalid_request', 'the form is not readable as UTF-8');
}
