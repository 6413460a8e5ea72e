// @ts-check
import { decodeBase64, hashSync } from 'bcryptjs';

/** Not a dependency: used where somebody has installed it. A constant, so that no bundler looks for it. */
const PACKAGE = '@node-rs/bcrypt';

/** Openwall's published vector: the row of one letter is its salt. */
const KNOWN = { key: 'U*U*U', result: '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a' };

/**
 * @typedef {(key: string, setting: string) => string} Bcrypt  a key and `$2b$12$…salt` make bcrypt's 60 characters
 * @typedef {{ hash: Bcrypt, name: string, problem?: string }} Engine
 */

/**
 * The machine's own code where it is installed and comes to the same as JavaScript, at less CPU; else JavaScript. One that
 * is there and cannot be used is a `problem` for the log, and no reason to refuse sign-ins.
 *
 * @param {(name: string) => Promise<any>} load  boundary: somebody else's package, only used if it computes what it must
 * @returns {Promise<Engine>}
 */
export async function chooseBcrypt(load = (name) => import(name)) {
  const javascript = { hash: hashSync, name: 'bcryptjs' };
  try {
    const hash = nativeBcrypt(await load(PACKAGE));
    if (hash(KNOWN.key, KNOWN.result.slice(0, 29)) === KNOWN.result) return { hash, name: PACKAGE };
    return { ...javascript, problem: `${PACKAGE} computes something else than bcrypt` };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return javascript;
    return { ...javascript, problem: `${PACKAGE} cannot be used: ${String(error)}` };
  }
}

/**
 * @param {{ hashSync: (key: Buffer, cost: number, salt: Buffer) => string }} native
 * @returns {Bcrypt}
 */
function nativeBcrypt(native) {
  return (key, setting) => {
    // Half a character has no UTF-8: the two do not agree on what stands for it.
    if (!key.isWellFormed()) return hashSync(key, setting);
    const [, version, cost, salt = ''] = setting.split('$');
    const result = native.hashSync(Buffer.from(key), Number(cost), Buffer.from(decodeBase64(salt, 16)));
    // It always writes `$2b$`. What is computed for $2a$ and $2y$ is the same.
    return `$${version}${result.slice(3)}`;
  };
}
