import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface RangeServer {
  /** For `PWNED_PASSWORDS`. */
  url: URL;
  /** What was asked, as `GET /range/ABCDE`, and with which headers. */
  requests: { line: string; headers: IncomingMessage['headers'] }[];
  /** From now on nobody answers at its address. */
  stop(): Promise<void>;
}

/** A service that answers like Have I Been Pwned's range search, on the loopback interface. */
export async function listenRange(answer: (response: ServerResponse) => void): Promise<RangeServer> {
  const requests: RangeServer['requests'] = [];
  const server = createServer((request, response) => {
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(stop);
  const { port } = server.address() as AddressInfo; // a TCP server has no other kind
  return { url: new URL(`http://127.0.0.1:${port}/`), requests, stop };
}

/** The upper-case SHA-1 of a password, cut where the service cuts it. */
export function splitDigest(password: string): { prefix: string; suffix: string } {
  const digest = createHash('sha1').update(password).digest('hex').toUpperCase();
  return { prefix: digest.slice(0, 5), suffix: digest.slice(5) };
}
