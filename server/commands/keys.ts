import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { MAX_ACCESS_TOKEN_TTL, readConfig } from '../config.ts';
import { inTransaction } from '../db/transaction.ts';
import { publishNextKey, withdrawKey } from '../keys/rotation.ts';
import { LEAD, SHORT_LEAD, signerAt, spentAt } from '../keys/schedule.ts';
import { listKeys, type StoredKey } from '../keys/store.ts';
import { systemClock as clock } from '../lib/clock.ts';
import { fail } from '../terminal.ts';
import { openPlace } from './open-database.ts';

const USAGE = `Usage: npm run keys -- list              the keys, in the order in which they sign
       npm run keys -- rotate            publishes the next key, which signs an hour later
       npm run keys -- rotate --now      publishes a key that signs at once, as after a leak
       npm run keys -- remove KID        takes a key out: tokens that it signed are refused within a second
`;

type Task = { verb: 'list' } | { verb: 'rotate'; now: boolean } | { verb: 'remove'; kid: string };

/** What to print: on stdout when it was done, on stderr when not. */
type Outcome = { done: string } | { refused: string };

/** `npm run keys`: what an operator does to signing keys, also while the server runs. */
async function main(words: string[]): Promise<void> {
  const task = readTask(words);
  if (!task) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const config = readConfig();
  const db = await openPlace(config.database);
  const outcome = await perform(task, { db, clock, secrets: config.secrets, alg: config.signingAlg });
  await db.destroy();
  if ('done' in outcome) {
    process.stdout.write(outcome.done);
  } else {
    process.stderr.write(outcome.refused);
    process.exitCode = 1;
  }
}

/** A `kid` may begin with a dash, so `remove` takes its word as it is. */
function readTask([verb, ...words]: string[]): Task | undefined {
  const [kid, ...more] = words;
  if (verb === 'list' && kid === undefined) return { verb };
  if (verb === 'remove' && kid !== undefined && more.length === 0) return { verb, kid };
  if (verb !== 'rotate') return undefined;
  try {
    const { values } = parseArgs({ args: words, options: { now: { type: 'boolean', default: false } } });
    return { verb, now: values.now };
  } catch {
    return undefined;
  }
}

type Settings = Parameters<typeof publishNextKey>[0];

async function perform(task: Task, settings: Settings): Promise<Outcome> {
  if (task.verb === 'rotate') return rotate(settings, task.now);
  if (task.verb === 'remove') return remove(settings, task.kid);
  const keys = await listKeys(settings.db);
  return { done: keys.map((key) => `${describeKey(key, keys)}\n`).join('') };
}

/** A next key that waits already is not doubled; one that signs at once is made all the same: the other may have leaked. */
async function rotate(settings: Settings, now: boolean): Promise<Outcome> {
  const key = await publishNextKey(settings, {
    lead: now ? SHORT_LEAD : LEAD,
    isDue: (keys) => now || (keys.at(-1)?.active_from ?? 0) <= clock.now(),
  });
  if (!key) return { refused: 'there is a next key already: see list\n' };
  // Until each server on this database has heard of it: when this command ends, it signs.
  if (now) await sleep(Math.max(0, key.active_from - clock.now()));
  return { done: `${describeKey(key, await listKeys(settings.db))}\n` };
}

async function remove({ db }: Settings, kid: string): Promise<Outcome> {
  const outcome = await inTransaction(db, (trx) => withdrawKey(trx, kid, clock.now()));
  if (outcome === 'withdrawn') return { done: `${kid}: removed\n` };
  if (outcome === 'unknown') return { refused: `${kid}: there is no such key\n` };
  return { refused: `${kid}: signs; replace it first, with rotate --now\n` };
}

/** `KID ALG since TIME, STATE`. */
function describeKey(key: StoredKey, keys: readonly StoredKey[]): string {
  return `${key.kid} ${key.alg} since ${writeTime(key.created_at)}, ${describeState(key, keys)}`;
}

function describeState(key: StoredKey, keys: readonly StoredKey[]): string {
  const now = clock.now();
  if (signerAt(keys, now)?.kid === key.kid) return 'signs';
  const spent = spentAt(keys, key, MAX_ACCESS_TOKEN_TTL);
  return key.active_from <= now && spent !== undefined
    ? `until ${writeTime(spent)}`
    : `next, from ${writeTime(key.active_from)}`;
}

function writeTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

main(process.argv.slice(2)).catch(fail);
