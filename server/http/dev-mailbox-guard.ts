import type { FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';

const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/** What proxies and tunnels put on what they hand on. */
const HANDED_ON = /^(forwarded|via|x-forwarded(-.+)?|x-real-ip|x-original-.+|cf-.+|true-client-ip)$/;

/**
 * The mailbox asks for no sign-in, and holds links that open any account. It is there only where the configuration is
 * local, and shows itself only to the person at this machine. Who else would try:
 *
 * - A page of somebody else, in this person's browser. It may make its own name lead here (DNS rebinding), and would
 *   then be of our origin: `Host` is the name that the browser was asked for. It may frame or fetch us, from another
 *   site or from another port of this machine: `Sec-Fetch-Site` is the browser's own word, and `Origin` stands on every
 *   fetch from elsewhere, also where `ALLOWED_ORIGINS` would let it read the answer.
 * - Somebody elsewhere, through a proxy or tunnel on this machine, which makes every peer a local one: it says so in a
 *   header. nginx does not unless it is told to, but speaks HTTP/1.0 to what is behind it, which no browser does.
 *
 * What cannot be told from the person: others with an account on this machine, and whoever comes through a forwarded
 * port or a proxy that passes bytes on as they are (nginx with `proxy_http_version 1.1` and no header of its own). Who publishes a server has to set `PUBLIC_URL`, or no browser can sign in, and
 * that closes the mailbox.
 */
export function isFromThisMachine({ headers, raw }: Pick<FastifyRequest, 'headers' | 'raw'>): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!LOOPBACK_HOST.test(host) || !isLoopback(raw.socket.remoteAddress)) return false;
  if (raw.httpVersion === '1.0' || Object.keys(headers).some((name) => HANDED_ON.test(name))) return false;
  return origin === undefined && (site === undefined || site === 'same-origin' || site === 'none');
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}
