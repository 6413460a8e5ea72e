import { once } from 'node:events';
import {
  Agent,
  createServer,
  get,
  request as ask,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { readAll } from './fault-proxy.ts';

export interface Balancer {
  port: number;
  base: string;
  /** How many requests the process at this port has answered through it. */
  servedBy: (port: number) => number;
  /** Resolves when the process at this port is given requests. */
  untilIn: (port: number) => Promise<void>;
}

/** By which an answer says who gave it: its port. */
export const SERVED_BY = 'X-Served-By';

/** Milliseconds between questions whether a process is ready. One answer counts, in either direction. */
const CHECK_INTERVAL = 50;
const CHECK_TIMEOUT = 1_000;

/** About the connection alone, not the message (RFC 9110 §7.6.1). */
const HOP_BY_HOP = new Set(['connection', 'keep-alive']);

/**
 * A load balancer as they are in the field: requests are read to their end, and given to the ready processes in turn, over
 * connections that are kept. It asks each for `/readyz`. Where no connection can be had, so that nobody has seen the
 * request, the next one gets it. One whose connection breaks before an answer is given to the next when its method is
 * idempotent, else its caller is told 502: as nginx does by default
 * (https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream). Gone when the test ends.
 */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const agent = new Agent({ keepAlive: true });
  const ready = new Set<number>();
  const served = new Map<number, number>();
  const waiting = new Map<number, () => void>();
  let turn = 0;
  const closing = new AbortController();

  /** Nobody is ready: then any, as one that says it is busy is better than nobody. */
  function choose(tried: ReadonlySet<number>): number | undefined {
    const left = ports.filter((port) => !tried.has(port));
    const candidates = left.filter((port) => ready.has(port));
    const among = candidates.length > 0 ? candidates : left;
    return among[(turn += 1) % among.length];
  }

  async function carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const tried = new Set<number>();
    for (let port = choose(tried); port !== undefined; port = choose(tried)) {
      tried.add(port);
      try {
        await exchange(port, { request, response, body });
        served.set(port, (served.get(port) ?? 0) + 1);
        return;
      } catch (error) {
        if (response.headersSent) return void response.destroy();
        if (!mayTryNext(request, error)) break;
      }
    }
    response.writeHead(502).end('Bad Gateway');
  }

  /** Fails when the connection does. */
  async function exchange(port: number, { request, response, body }: Exchange): Promise<void> {
    const { method, url, rawHeaders } = request;
    const onward = ask({ port, host: '127.0.0.1', method, path: url, headers: endToEnd(rawHeaders), agent });
    response.once('close', () => onward.destroy());
    onward.end(body);
    // Boundary: what the event carries.
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    const headers = [...endToEnd(answer.rawHeaders), SERVED_BY, String(port)];
    response.writeHead(answer.statusCode ?? 0, headers);
    // As it comes: a stream is never at its end.
    for await (const chunk of answer) response.write(chunk);
    response.end();
  }

  async function watch(port: number): Promise<void> {
    while (!closing.signal.aborted) {
      if (await isReady(port)) {
        ready.add(port);
        waiting.get(port)?.();
      } else ready.delete(port);
      await pause(CHECK_INTERVAL);
    }
  }

  const proxy = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    // The client has gone away in the middle of its own request.
    carry(request, response).catch(() => response.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const watches = ports.map(watch);
  onTestFinished(async () => {
    closing.abort();
    proxy.close();
    proxy.closeAllConnections();
    agent.destroy();
    await Promise.all(watches);
  });
  // Boundary: a server that listens on a port has such an address.
  const { port } = proxy.address() as AddressInfo;
  return {
    port,
    base: `http://127.0.0.1:${port}`,
    servedBy: (port) => served.get(port) ?? 0,
    untilIn: (port) =>
      ready.has(port) ? Promise.resolve() : new Promise((resolve) => void waiting.set(port, resolve)),
  };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  body: Buffer;
}

function mayTryNext({ method = '' }: IncomingMessage, error: unknown): boolean {
  const isUnsent = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  return isUnsent || ['GET', 'HEAD', 'OPTIONS'].includes(method);
}

function endToEnd(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter(
    (_, index) => !HOP_BY_HOP.has(rawHeaders[index - (index % 2)]?.toLowerCase() ?? ''),
  );
}

async function isReady(port: number): Promise<boolean> {
  const question = get({ port, host: '127.0.0.1', path: '/readyz', agent: false, timeout: CHECK_TIMEOUT });
  question.once('timeout', () => question.destroy());
  try {
    // Boundary: what the event carries.
    const [answer] = (await once(question, 'response')) as [IncomingMessage];
    answer.resume();
    return answer.statusCode === 200;
  } catch {
    return false;
  }
}
