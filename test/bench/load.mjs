// @ts-check
import { connect } from 'node:net';

/**
 * @typedef {{ status: number, headers: string, body: string }} Answer
 * @typedef {{ count: number, seconds: number, latencies: number[] }} Load  latencies in milliseconds, sorted
 */

/** No answer comes: the other side has ended the connection. */
export class ConnectionLost extends Error {}

/** One keep-alive connection that has one request in flight: a generator light enough not to be what is measured. */
export class Connection {
  /** @type {import('node:net').Socket} */ #socket;
  #received = '';
  /** @type {((answer: Answer) => void) | undefined} */ #resolve;
  /** @type {((error: Error) => void) | undefined} */ #reject;

  /** @param {number} port */
  constructor(port) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (chunk) => this.#read(String(chunk)));
    this.#socket.on('error', (error) => this.#reject?.(new ConnectionLost(error.message)));
    this.#socket.on('close', () => this.#reject?.(new ConnectionLost('connection closed')));
  }

  /**
   * @param {string} request the whole HTTP/1.1 request
   * @returns {Promise<Answer>}
   */
  send(request) {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      // One that was cut while nobody waited on it says nothing any more.
      if (this.#socket.destroyed) reject(new ConnectionLost('connection closed'));
      else this.#socket.write(request);
    });
  }

  close() {
    this.#reject = undefined;
    this.#socket.destroy();
  }

  /** @param {string} chunk */
  #read(chunk) {
    this.#received += chunk;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const headers = this.#received.slice(0, end);
    const rest = this.#received.slice(end + 4);
    const length = /\r\ncontent-length: (\d+)/i.exec(headers)?.[1];
    const complete = length === undefined ? rest.endsWith('0\r\n\r\n') : rest.length >= Number(length);
    if (!complete) return;
    this.#received = '';
    const body =
      length === undefined ? rest.replace(/^[0-9a-f]+\r\n|\r\n(?:[0-9a-f]+\r\n|0?\r\n)/g, '') : rest;
    this.#resolve?.({ status: Number(headers.slice(9, 12)), headers, body });
  }
}

/**
 * @param {string} path  @param {Record<string, string>} [headers]
 * @returns {string}
 */
export function get(path, headers = {}) {
  return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lines(headers)}\r\n`;
}

/**
 * @param {string} path  @param {unknown} body  @param {Record<string, string>} [headers]
 * @returns {string}
 */
export function post(path, body, headers = {}) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const all = {
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(text)),
    ...headers,
  };
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${lines(all)}\r\n${text}`;
}

/** @param {string} path  @param {Record<string, string>} form  @param {Record<string, string>} headers */
export function postForm(path, form, headers = {}) {
  const text = new URLSearchParams(form).toString();
  const all = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': String(Buffer.byteLength(text)),
    ...headers,
  };
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${lines(all)}\r\n${text}`;
}

/** @param {Record<string, string>} headers */
function lines(headers) {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

/**
 * @param {Answer} answer
 * @returns {Answer}
 */
export function requireOk(answer) {
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`);
  return answer;
}

/**
 * One request on a connection of its own.
 *
 * @param {number} port  @param {string} request
 */
export async function ask(port, request) {
  const connection = new Connection(port);
  try {
    return requireOk(await connection.send(request));
  } finally {
    connection.close();
  }
}

/**
 * Keeps `connections` requests in flight until `seconds` are over. `next` makes each connection's next request
 * from its last answer; `answers` are those of the load before, and are kept up to date for the one after. An answer
 * other than 200 ends the run: a server that refuses is quick, and proves nothing.
 *
 * @param {{ port: number, connections: number, seconds: number, answers?: Answer[],
 *   next: (index: number, last?: Answer) => string }} options
 * @returns {Promise<Load>}
 */
export async function load({ port, connections, seconds, answers = [], next }) {
  /** @type {number[]} */
  const latencies = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  const drive = async (/** @type {number} */ index) => {
    const connection = new Connection(port);
    for (let now = performance.now(); now < end; now = performance.now()) {
      const answer = requireOk(await connection.send(next(index, answers[index])));
      answers[index] = answer;
      latencies.push(performance.now() - now);
    }
    connection.close();
  };
  const stopPolling = poll();
  try {
    await Promise.all(Array.from({ length: connections }, (_, index) => drive(index)));
  } finally {
    stopPolling();
  }
  return {
    count: latencies.length,
    seconds: (performance.now() - start) / 1000,
    latencies: latencies.toSorted((a, b) => a - b),
  };
}

/**
 * Keeps this process from sleeping while it waits. Waking it is the work of whoever answers, some 7 µs of each answer, and only a
 * server that is slower than the load would have to do it.
 */
function poll() {
  let isOver = false;
  const again = () => {
    if (!isOver) setImmediate(again);
  };
  again();
  return () => {
    isOver = true;
  };
}
