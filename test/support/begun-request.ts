import { connect, type Socket } from 'node:net';
import { readToEnd } from './raw-http.ts';

export interface BegunRequest {
  socket: Socket;
  finish(): void;
  /** Everything that was received, until the server closed the connection. */
  answer: Promise<string>;
}

/**
 * A POST that the server has begun to read, as its interim answer proves, and whose body waits for `finish`. The
 * connection is one that the client would like to keep.
 */
export async function beginRequest(port: number, path: string, input: unknown): Promise<BegunRequest> {
  const body = JSON.stringify(input);
  const socket = connect({ port, host: '127.0.0.1' });
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json`;
  socket.write(`${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nExpect: 100-continue\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  return { socket, finish: () => void socket.write(body), answer: readToEnd(socket) };
}

/** Resolves when nobody new is let in any more. */
export async function untilRefusing(base: string): Promise<void> {
  for (;;) {
    try {
      await fetch(`${base}/healthz`);
    } catch {
      return;
    }
  }
}
