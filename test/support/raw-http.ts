import { connect, type Socket } from 'node:net';

export interface RawResponse {
  status: number;
  /** Names in lower case; the values of a name that stands twice are joined by a comma. */
  headers: Record<string, string>;
  body: string;
}

/** Sends bytes that no well-behaved client would, and reads until the server closes the connection. */
export async function exchange(port: number, request: string | Buffer): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.write(request);
  return readToEnd(socket);
}

/** The first answer to a raw request; the server must close the connection (`Connection: close`) after it. */
export async function exchangeOne(port: number, request: string | Buffer): Promise<RawResponse> {
  return parseResponse(await exchange(port, request));
}

export async function readToEnd(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
    socket.on('end', () => {
      socket.end();
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
    // A server that refuses early resets the connection while the rest of the request is still on its way.
    socket.on('error', (error) => {
      if (chunks.length > 0) resolve(Buffer.concat(chunks).toString('latin1'));
      else reject(error);
    });
  });
}

export function parseResponse(text: string): RawResponse {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  const body = rest.join('\r\n\r\n');
  return { status, headers, body: headers['transfer-encoding'] === 'chunked' ? joinChunks(body) : body };
}

function joinChunks(text: string): string {
  const size = Number.parseInt(text, 16);
  const start = text.indexOf('\r\n') + 2;
  if (!(size > 0)) return '';
  return text.slice(start, start + size) + joinChunks(text.slice(start + size + 2));
}
