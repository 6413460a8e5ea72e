// @ts-check
import { ask, Connection, ConnectionLost, requireOk } from './load.mjs';

/** Milliseconds after which whoever asked has gone. */
export const PATIENCE = 30_000;

/**
 * Keeps `inFlight` sign-ins in flight until it is told to stop, and tells when any number of them is done. Each is another
 * person's, on a connection of its own: a server that is busy for longer than its keep-alive would cut kept ones off.
 *
 * @param {{ port: number, inFlight: number, request: string }} options
 */
export function startStorm({ port, inFlight, request }) {
  const storm = { on: true };
  let done = 0;
  /** @type {{ count: number, resolve: () => void } | undefined} */
  let awaited;
  const drive = async () => {
    while (storm.on) {
      await ask(port, request);
      done += 1;
      if (awaited && done >= awaited.count) awaited.resolve();
    }
  };
  const all = Promise.all(Array.from({ length: inFlight }, drive));
  all.catch(() => undefined); // whoever waits for a rate or for the end is told
  return {
    /**
     * @param {number} count
     * @returns {Promise<number>} sign-ins a second, while the next `count` are done
     */
    async rate(count) {
      const start = performance.now();
      const before = done;
      const reached = new Promise((/** @type {(value: void) => void} */ resolve) => {
        awaited = { count: before + count, resolve };
      });
      await Promise.race([reached, all]);
      return ((done - before) / (performance.now() - start)) * 1000;
    },
    /** Those in flight are waited for: what comes next is not to be measured with them. */
    async stop() {
      storm.on = false;
      await all;
    },
  };
}

/**
 * Sends `perSecond` requests a second, whatever becomes of the ones before: people do not wait for each other. Connections
 * are kept and used again; one that the server has cut meanwhile is replaced, as a browser does it for a GET (RFC 9110 §9.2.2).
 *
 * @param {{ port: number, perSecond: number, request: string }} options
 */
export function startArrivals({ port, perSecond, request }) {
  /** @type {Connection[]} */
  const idle = [];
  /** @type {number[]} */
  const latencies = [];
  /** @type {Promise<void>[]} */
  const all = [];
  let lost = 0;
  /** @param {Connection | undefined} kept  @returns {Promise<void>} */
  const call = async (kept) => {
    const connection = kept ?? new Connection(port);
    try {
      const answer = await connection.send(request);
      idle.push(connection);
      requireOk(answer);
    } catch (error) {
      connection.close();
      if (!kept || !(error instanceof ConnectionLost)) throw error;
      await call(undefined);
    }
  };
  const arrive = async () => {
    const start = performance.now();
    try {
      await withPatience(call(idle.pop()));
      latencies.push(performance.now() - start);
    } catch {
      lost += 1; // reported as lost, and among the latencies as the longest that anybody waits
      latencies.push(PATIENCE);
    }
  };
  const timer = setInterval(() => all.push(arrive()), 1000 / perSecond);
  return {
    /** Those under way are waited for, and count. */
    async stop() {
      clearInterval(timer);
      await Promise.all(all);
      for (const connection of idle) connection.close();
      return { sent: all.length, lost, latencies };
    },
  };
}

/**
 * @template T
 * @param {Promise<T>} answer
 * @returns {Promise<T>}
 */
async function withPatience(answer) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const out = new Promise((/** @type {(value: never) => void} */ _resolve, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), PATIENCE);
  });
  try {
    return await Promise.race([answer, out]);
  } finally {
    clearTimeout(timer);
  }
}
