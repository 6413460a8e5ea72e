import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Logger } from '../lib/logger.ts';

export interface MetricsServer {
  /** Fails as Node does when it cannot be listened there. */
  listen(where: { port: number; host: string }): Promise<void>;
  close(): Promise<void>;
}

export interface MetricsServerOptions {
  metrics: { contentType: string; read(): Promise<string> };
  log: Logger;
}

/** More than any scraper sends or waits for. */
const BOUNDS = { requestTimeout: 5000, headersTimeout: 5000, maxHeaderSize: 8 * 1024 };

/**
 * `GET /metrics` on a port of its own, and nothing else. It asks for no credentials, so it is never part of the server that
 * the world reaches: whoever may read it is decided by who reaches the port.
 */
export function createMetricsServer({ metrics, log }: MetricsServerOptions): MetricsServer {
  const server = createServer(BOUNDS, (request, response) => {
    answer(request, response).catch((err: unknown) => {
      log.error({ err }, 'metrics could not be read');
      response.writeHead(500).end();
    });
  });

  async function answer({ url, method = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (url !== '/metrics') return void response.writeHead(404).end();
    if (!['GET', 'HEAD'].includes(method)) return void response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    const text = await metrics.read();
    response.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' }).end(text);
  }

  return {
    async listen({ port, host }) {
      server.listen({ port, host });
      await once(server, 'listening');
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
