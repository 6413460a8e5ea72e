/** Stands in for the real origin, which has no say in what a path means. */
const ANY_ORIGIN = 'http://origin.invalid';

const LONGEST = 2000;

/**
 * Where to go after signing in, from an address that anybody may have written. Only a path of this origin: a
 * browser reads `//host`, `/\host` and a path with control characters in it as another site, and a link that
 * leads through our sign-in to somebody else's page is what phishing is made of (CWE-601).
 */
export function safeReturnPath(text: unknown): string | undefined {
  if (typeof text !== 'string' || text.length > LONGEST) return undefined;
  if (!/^\/(?!\/)[^\\\p{Cc}]*$/u.test(text) || !URL.canParse(text, ANY_ORIGIN)) return undefined;
  const { origin, pathname, search, hash } = new URL(text, ANY_ORIGIN);
  // Dot segments are gone now; `/.//host` has become `//host`.
  if (origin !== ANY_ORIGIN || pathname.startsWith('//')) return undefined;
  return `${pathname}${search}${hash}`;
}
