// @ts-check
import { Connection, requireOk } from './load.mjs';

/** Milliseconds after which whoever asked has gone. */
export const PATIENCE = 10_000;

/**
 * Keeps `connections` sign-ins in flight until it is told to stop, and tells when any number of them is done.
 *
 * @param {{ port: number, connections: number, request: string }} options
 */
export function startStorm({ port, connections, request }) {
  const storm = { on: true };
  let done = 0;
  /** @type {{ count: number, resolve: () => void } | undefined} */
  let awaited;
  const drive = async () => {
    const connection = new Connection(port);
    while (storm.on) {
      requireOk(await connection.send(request));
      done += 1;
      if (awaited && done >= awaited.count) awaited.resolve();
    }
    connection.close();
  };
  const all = Promise.all(Array.from({ length: connections }, drive));
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
 * Sends `perSecond` requests a second, whatever becomes of the ones before: people do not wait for each other.
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
  const arrive = async () => {
    const connection = idle.pop() ?? new Connection(port);
    const start = performance.now();
    try {
      requireOk(await withPatience(connection.send(request)));
      latencies.push(performance.now() - start);
      idle.push(connection);
    } catch {
      lost += 1; // reported as lost, and among the latencies as the longest that anybody waits
      latencies.push(PATIENCE);
      connection.close();
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
