import { z } from 'zod';
import { isPlainText, withoutZeroWidth } from './text.ts';

/** RFC 5321 §4.5.3.1.3 leaves 254 octets for an address between its angle brackets. */
const MAX_EMAIL_LENGTH = 254;

/** zod's own pattern with one difference: a top-level domain may be international (`xn--p1ai` is .рф). */
const ADDRESS =
  /^(?:[a-z0-9_'+-]+\.)*[a-z0-9_'+-]*[a-z0-9_+-]@(?:[a-z0-9][a-z0-9-]*\.)+(?:[a-z]{2,}|xn--[a-z0-9-]*[a-z0-9])$/;

/**
 * One account, one spelling: trimmed, lower case, NFC, international domains in their ASCII form. Addresses
 * that differ only in this are the same account. Returns the text unchanged in shape when it is no address;
 * the schema below refuses it.
 */
export function canonicalEmail(text: string): string {
  const address = text.trim().toLowerCase().normalize('NFC');
  const at = address.lastIndexOf('@');
  if (at < 1) return address;
  return `${address.slice(0, at)}@${asciiDomain(address.slice(at + 1))}`;
}

function asciiDomain(domain: string): string {
  // Only letters, digits, hyphens and dots may reach the URL parser: it would also decode `%40` or drop a port.
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain)) return domain;
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : domain;
}

/** An e-mail address in its canonical form. Refuses lists, display names, control characters and IP literals. */
export const emailSchema = z
  .string()
  .overwrite(withoutZeroWidth)
  .max(MAX_EMAIL_LENGTH, 'That address is too long.')
  .refine(isPlainText, 'That address contains characters that cannot be used.')
  .transform(canonicalEmail)
  .pipe(
    z
      .email({ pattern: ADDRESS, error: 'Enter an e-mail address, like name@example.com.' })
      .max(MAX_EMAIL_LENGTH, 'That address is too long.'),
  );
