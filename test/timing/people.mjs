// @ts-check
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Connection, post } from '../bench/load.mjs';
import { startServer } from '../bench/servers.mjs';

/**
 * @typedef {'unknown' | 'pending' | keyof typeof ALTERED} Kind
 * @typedef {Map<Kind, string[]>} People  addresses, all of one length
 */

export const PASSWORD = 'a lantern for the long night';

/** What makes an account one of these: changes that no public flow makes, or not that quickly. */
const ALTERED = {
  known: 'email_verified_at = created_at',
  unverified: 'email_verified_at = null',
  disabled: 'email_verified_at = created_at, disabled_at = created_at',
  'no password': 'email_verified_at = created_at, password_hash = null',
  'corrupt hash': `email_verified_at = created_at, password_hash = 'corrupt'`,
  'to be erased': 'email_verified_at = created_at, erase_at = created_at + 1209600000',
  'old cost': 'email_verified_at = created_at',
};

/** An old cost is a step below the one that is set. @param {Kind} kind  @param {number} cost */
const costOf = (kind, cost) => (kind === 'old cost' ? cost - 1 : cost);

/**
 * Fills the data in `folder`, which no server has open.
 *
 * @param {{ server: string, folder: string, kinds: readonly Kind[], cost: number, people: number,
 *   random: () => number }} options  `people`: of each kind
 * @returns {Promise<People>}
 */
export async function makePeople({ server, folder, kinds, cost, people: count, random }) {
  /** @type {People} */
  const people = new Map(
    kinds.map((kind) => [kind, Array.from({ length: count }, () => makeAddress(random))]),
  );
  const accounts = kinds.filter((kind) => kind in ALTERED);
  for (const bcryptCost of new Set(accounts.map((kind) => costOf(kind, cost)))) {
    const emails = accounts
      .filter((kind) => costOf(kind, cost) === bcryptCost)
      .flatMap((kind) => people.get(kind) ?? []);
    await registerAll({ server, folder, bcryptCost, emails });
  }
  const database = new Database(join(folder, 'sallyport.db'));
  for (const [kind, change] of Object.entries(ALTERED)) {
    const alter = database.prepare(`update accounts set ${change} where email = ?`);
    // Boundary: the keys of ALTERED are kinds.
    for (const email of people.get(/** @type {Kind} */ (kind)) ?? []) {
      const { changes } = alter.run(email);
      if (changes !== 1) throw new Error(`no account for ${email}`);
    }
  }
  database.close();
  return people;
}

/** Under an address that is not local and without mail, an account is there as soon as it is registered.
 * @param {{ server: string, folder: string, bcryptCost: number, emails: string[] }} options
 */
async function registerAll({ server, folder, bcryptCost, emails }) {
  const running = await startServer(server, {
    folder,
    variables: { NODE_ENV: 'test', BCRYPT_COST: String(bcryptCost), PUBLIC_URL: 'https://login.example.com' },
  });
  const connection = new Connection(running.port);
  for (const email of emails) {
    const { status, body } = await connection.send(
      post('/trpc/auth.register', { email, password: PASSWORD }),
    );
    if (status !== 200) throw new Error(body);
  }
  connection.close();
  await running.stop();
}

/** Of one length, in no order, and with nothing in it that says whose it is. @param {() => number} random */
export function makeAddress(random) {
  const letters = Array.from({ length: 12 }, () => Math.floor(random() * 36).toString(36));
  return `${letters.join('')}@example.com`;
}
