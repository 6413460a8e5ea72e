// @ts-check
// Between servers and their PostgreSQL: by wish nobody who listens (LISTEN) gets through, while everything else does; or
// nothing does, without a word, as when a network is gone.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * @typedef {object} ListenerCutter
 * @property {string} url  the database, through it
 * @property {(isDeaf: boolean) => void} deafen  true: whoever listens is cut off, and whoever tries to
 * @property {(isSilent: boolean) => void} silence  true: what is sent stays here, and connections are taken and not answered
 * @property {() => number} listeners  connections that listen at the moment
 * @property {() => number} refused  how often somebody tried to in vain
 * @property {() => Promise<void>} close
 */

/**
 * @param {string} url  of a PostgreSQL on this machine, without TLS
 * @returns {Promise<ListenerCutter>}
 */
export async function startListenerCutter(url) {
  const target = new URL(url);
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  /** @type {Set<import('node:net').Socket>} */
  const listeners = new Set();
  let isDeaf = false;
  let isSilent = false;
  let refused = 0;

  const proxy = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: Number(target.port), host: target.hostname, noDelay: true });
    for (const [one, other] of /** @type {const} */ ([
      [near, far],
      [far, near],
    ])) {
      sockets.add(one);
      // However one side ends, the other does.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        listeners.delete(one);
        other.destroy();
      });
    }
    near.on('data', (chunk) => {
      if (chunk.includes('listen sallyport')) {
        if (isDeaf) {
          refused += 1;
          near.destroy();
          return;
        }
        listeners.add(near);
      }
      far.write(chunk);
    });
    far.on('data', (chunk) => near.write(chunk));
    if (isSilent) for (const socket of [near, far]) socket.pause();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const through = new URL(url);
  through.port = String(address.port);
  return {
    url: through.href,
    deafen(wanted) {
      isDeaf = wanted;
      if (isDeaf) for (const listener of listeners) listener.destroy();
    },
    silence(wanted) {
      isSilent = wanted;
      for (const socket of sockets)
        if (isSilent) socket.pause();
        else socket.resume();
    },
    listeners: () => listeners.size,
    refused: () => refused,
    async close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
