import { once } from 'node:events';
import {
  Agent,
  createServer,
  request as ask,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Answer {
  status: number;
  /** Name, value, name, value: as they came. */
  headers: string[];
  body: Buffer;
}

/** Fails when the connection does, before the answer or in the middle of it. */
export function answerTo(request: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (incoming) => {
      const { statusCode = 0, rawHeaders } = incoming;
      readAll(incoming).then((body) => resolve({ status: statusCode, headers: rawHeaders, body }), reject);
    });
  });
}

export function readAll(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => void chunks.push(chunk));
    message.once('end', () => resolve(Buffer.concat(chunks)));
    message.once('error', reject);
  });
}

/** `lost`: nobody hears of it, and the client's connection is closed. */
export type Passage = 'pass' | 'lost';

/** What befalls an exchange at the two moments at which a network can fail it. */
export interface Fault {
  /** The request is here and has not reached the server. `torn`: it is sent on, and the server is hung up on. */
  request?: () => Promise<Passage> | Passage | 'torn';
  /** The server has answered, so whatever it did is committed; the client has heard nothing of it. */
  answer?: (answer: Answer) => Promise<Passage> | Passage;
}

/**
 * An HTTP/1.1 proxy on a free port of the loopback interface, gone when the test ends. Returns its base URL. Each
 * exchange is `plan`ned by itself.
 */
export async function startFaultProxy(
  port: number,
  plan: (request: IncomingMessage) => Fault,
): Promise<string> {
  const agent = new Agent({ keepAlive: true });
  const proxy = createServer((request, response) => {
    // However an exchange fails, what the client sees of it is a connection that closes.
    carry(request, response).catch(() => response.destroy());
  });

  async function carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const fault = plan(request);
    const passage = await fault.request?.();
    if (passage === 'lost') return void response.destroy();
    const { method, url, rawHeaders } = request;
    const onward = ask({ port, host: '127.0.0.1', method, path: url, headers: rawHeaders, agent });
    onward.end(body);
    if (passage === 'torn') onward.once('finish', () => onward.destroy());
    const answer = await answerTo(onward);
    if ((await fault.answer?.(answer)) === 'lost') return void response.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.close();
    proxy.closeAllConnections();
    agent.destroy();
  });
  // Boundary: a server that listens on a port has such an address.
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

export interface Hold {
  /** Keeps whoever comes here until it is let go. */
  wait: () => Promise<'pass'>;
  /** Resolves when so many are waiting. */
  untilWaiting(count: number): Promise<void>;
  releaseNewest(): void;
  /** Lets all of them go, and whoever comes later. */
  open(): void;
}

export function createHold(): Hold {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  let watchers: { count: number; resolve: () => void }[] = [];
  const tell = () => {
    const told = watchers.filter(({ count }) => waiting.length >= count);
    watchers = watchers.filter(({ count }) => waiting.length < count);
    for (const { resolve } of told) resolve();
  };
  return {
    wait: async () =>
      isOpen
        ? 'pass'
        : new Promise((resolve) => {
            waiting.push(() => resolve('pass'));
            tell();
          }),
    untilWaiting: (count) =>
      new Promise((resolve) => {
        watchers.push({ count, resolve });
        tell();
      }),
    releaseNewest: () => waiting.pop()?.(),
    open() {
      isOpen = true;
      for (const release of waiting.splice(0)) release();
    },
  };
}
