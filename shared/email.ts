import { z } from 'zod';
import { decodePunycode } from './punycode.ts';
import { isPlainText, withoutZeroWidth } from './text.ts';
import { parseUrl } from './url.ts';

/** RFC 5321 §4.5.3.1.3 leaves 254 octets for an address between its angle brackets. */
const MAX_EMAIL_LENGTH = 254;

/**
 * zod's own pattern with three differences: a top-level domain may be international (`xn--p1ai` is .рф), and lengths are
 * what mail can carry: 64 before the at (RFC 5321 §4.5.3.1.1), 63 in a label, which neither begins nor ends with a
 * hyphen (RFC 1034 §3.5).
 */
const ADDRESS =
  /^(?=[^@]{1,64}@)(?:[a-z0-9_'+-]+\.)*[a-z0-9_'+-]*[a-z0-9_+-]@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])$/;

/**
 * What a domain may be typed with, in lower case. Everything else IDNA would turn into other characters, or drop (UTS #46
 * §4): `example².com` would be kept as `example2.com`, which is not what the person saw. Of what has other forms, sharp s
 * and final sigma are kept as they are, and Cherokee changes its case only.
 */
const DOMAIN = /^(?:(?!\p{Changes_When_NFKC_Casefolded})[\p{L}\p{M}\p{N}]|[ßςꭰ-ꮿᏸ-ᏽ.-])+$/u;

/**
 * One account, one spelling: trimmed, lower case, NFC, international domains in their ASCII form. Addresses
 * that differ only in this are the same account. Returns the text unchanged in shape when it is no address;
 * the schema below refuses it.
 */
export function canonicalEmail(text: string): string {
  const address = text.trim();
  const at = address.lastIndexOf('@');
  if (at < 1) return address;
  return `${lowerCaseAscii(address.slice(0, at))}@${asciiDomain(address.slice(at + 1))}`;
}

/** ASCII only: in full lower case a Kelvin sign would become a `k`, and the address somebody else's. */
function lowerCaseAscii(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function asciiDomain(text: string): string {
  const domain = text.toLowerCase().normalize('NFC');
  // Only letters, digits, hyphens and dots may reach the URL parser: it would also decode `%40` or drop a port.
  if (!DOMAIN.test(domain)) return domain;
  return parseUrl(`http://${domain}`)?.hostname ?? domain;
}

/** What begins like the ASCII form of an international label may be none (RFC 5890 §2.3.2.1): it could not be shown. */
function hasReadableDomain(address: string): boolean {
  const labels = address.slice(address.lastIndexOf('@') + 1).split('.');
  return labels.filter((label) => label.startsWith('xn--')).every(isReadable);
}

/** It must stand for something, whose one ASCII form it is. Not left to `URL` alone: Node 24 lets any label through. */
function isReadable(label: string): boolean {
  const text = decodePunycode(label.slice('xn--'.length));
  return text !== undefined && parseUrl(`http://${text}`)?.hostname === label;
}

const NO_ADDRESS = 'Enter an e-mail address, like name@example.com.';

/** An e-mail address in its canonical form. Refuses lists, display names, control characters and IP literals. */
export const emailSchema = z
  .string()
  .overwrite(withoutZeroWidth)
  .max(MAX_EMAIL_LENGTH, 'That address is too long.')
  .refine(isPlainText, 'That address contains characters that cannot be used.')
  .transform(canonicalEmail)
  .pipe(
    z
      .email({ pattern: ADDRESS, error: NO_ADDRESS })
      .max(MAX_EMAIL_LENGTH, 'That address is too long.')
      // What is no address has been told so already. (To abort there would hide the faults of a form's other fields.)
      .refine((text) => !ADDRESS.test(text) || hasReadableDomain(text), NO_ADDRESS),
  );
