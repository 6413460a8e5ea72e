import type { IncomingMessage } from 'node:http';
import { isWithin } from '../throttle/address.ts';
import { randomUuid } from '../lib/random.ts';

/** What proxies make: a UUID, hexadecimal, base64. Short enough for a log line, and no address of a person. */
const REQUEST_ID = /^[\w.:=+/-]{8,128}$/;

/**
 * The name of a request in the log, in errors and in the header `X-Request-Id` of every answer. A proxy of `TRUST_PROXY`
 * may give it, so that its log and ours have one; nobody else, for whoever reads the log must be able to rely on it. Of
 * two such headers, or one that is not of that form, none counts.
 */
export function createRequestIds(proxies: readonly string[]): (request: IncomingMessage) => string {
  if (proxies.length === 0) return randomUuid;
  return ({ headers, socket }) => {
    // Node joins what comes twice with a comma.
    const given = String(headers['x-request-id'] ?? '');
    return REQUEST_ID.test(given) && isWithin(socket.remoteAddress, proxies) ? given : randomUuid();
  };
}
