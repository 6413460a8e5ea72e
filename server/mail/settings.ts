import { isIPv4 } from 'node:net';
import { emailSchema } from '../../shared/email.ts';
import { isPlainText } from '../../shared/text.ts';

/** The server that takes our mail. Holds a password: never logged. */
export interface SmtpServer {
  host: string;
  /** Undefined: 465 with `tls`, otherwise 587 (RFC 8314 §3.3, RFC 6409 §3.1). */
  port: number | undefined;
  /** `starttls` sends nothing over a connection that cannot be encrypted. */
  encryption: 'tls' | 'starttls' | 'none';
  credentials: { user: string; password: string } | undefined;
}

/** Whom mail comes from. */
export interface Sender {
  name: string;
  address: string;
}

const HOST = /^(?:[a-z\d](?:[a-z\d.-]*[a-z\d])?|\[[\da-f:.]+\])$/i;

/**
 * `SMTP_URL`. Undefined for anything that is not understood to the last character: the mail library would take
 * options from the query, of which some switch the check of certificates off. The one that we know is `?tls=off`, for
 * a server on a network that one trusts, without a password. The own machine needs no encryption.
 */
export function parseSmtpUrl(text: string): SmtpServer | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  if (protocol !== 'smtp:' && protocol !== 'smtps:') return undefined;
  if (!HOST.test(hostname) || port === '0' || !['', '/'].includes(pathname) || hash !== '') return undefined;
  if ((username === '') !== (password === '')) return undefined;
  const credentials = username === '' ? undefined : decodeCredentials(username, password);
  if (username !== '' && !credentials) return undefined;
  const isOff = search === '?tls=off';
  if (search !== '' && !(isOff && protocol === 'smtp:' && !credentials)) return undefined;

  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const mayBePlain = isOff || isLoopback(host);
  return {
    host,
    port: port === '' ? undefined : Number(port),
    encryption: protocol === 'smtps:' ? 'tls' : mayBePlain ? 'none' : 'starttls',
    credentials,
  };
}

function decodeCredentials(username: string, password: string): SmtpServer['credentials'] {
  try {
    const user = decodeURIComponent(username);
    const decoded = decodeURIComponent(password);
    return isPlainText(user + decoded) ? { user, password: decoded } : undefined;
  } catch {
    return undefined;
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** `MAIL_FROM`: `login@example.com` or `Sallyport <login@example.com>`. Undefined for anything else, such as a list. */
export function parseSender(text: string): Sender | undefined {
  const match = /^(?:"?([^"<>@\\]{0,100}?)"?\s*<([^<>]+)>|([^<>]+))$/.exec(text.trim());
  if (!match || !isPlainText(text)) return undefined;
  const [, name = '', bracketed, bare] = match;
  const address = emailSchema.safeParse(bracketed ?? bare);
  return address.success ? { name: name.trim(), address: address.data } : undefined;
}
