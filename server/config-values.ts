import { z } from 'zod';
import { parseDuration } from './lib/clock.ts';
import { PWNED_PASSWORDS } from './passwords/breaches.ts';

export const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

export const listOf = (item: z.ZodType<string, string>) =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item));

/** `bounds` in words, as an operator reads them. */
export const duration = (shortest: number, longest: number, bounds: string) =>
  z.string().transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds !== undefined && milliseconds >= shortest && milliseconds <= longest)
      return milliseconds;
    context.addIssue(`expected a duration such as 30s, 15m or 14d, ${bounds}`);
    return z.NEVER;
  });

export const wholeNumber = (lowest: number, highest: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(lowest, `expected at least ${lowest}`).max(highest, `expected at most ${highest}`));

export const origin = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, search, hash, username } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && pathname === '/' && search + hash + username === '';
}, 'expected an origin such as https://app.example.com, without a path');

/** The message never shows the value, which may hold a password. */
export const databaseUrl = z
  .string()
  .refine(
    (text) => text.startsWith('sqlite:') || (/^postgres(ql)?:/.test(text) && URL.canParse(text)),
    'expected sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE, credentials percent-encoded',
  )
  .refine(hasPlainOptions, 'options are written in lower case: sslmode');

/** The driver passes over a name in capitals, and `SSLMODE=require` would be no encryption at all. */
function hasPlainOptions(url: string): boolean {
  if (url.startsWith('sqlite:') || !URL.canParse(url)) return true;
  return [...new URL(url).searchParams.keys()].every((name) => name === name.toLowerCase());
}

export const onOff = z.enum(['on', 'off'], 'expected on or off');

/** For a reader that answers undefined. The message never shows the value, which may hold a password. */
export const readBy = <T>(read: (text: string) => T | undefined, expected: string) =>
  z.string().transform((text, context) => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue(expected);
    return z.NEVER;
  });

/** `on` is the service itself, an address a mirror of it: over TLS, since what is asked tells five digits of a hash. */
export const pwnedPasswords = z.string().transform((text, context) => {
  if (text === 'off') return undefined;
  const address = text === 'on' ? PWNED_PASSWORDS : text;
  if (URL.canParse(address) && isMirror(new URL(address))) return new URL(address);
  context.addIssue('expected off, on, or the https: address of a mirror');
  return z.NEVER;
});

function isMirror({ protocol, hostname, username, password, search, hash }: URL): boolean {
  const isSafe = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
  return isSafe && username + password + search + hash === '';
}
