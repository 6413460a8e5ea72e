// @ts-check
import {
  measureMe,
  measureRefresh,
  measureSignIn,
  measureStarts,
  measureStorm,
  startFleet,
} from './compare.mjs';
import { seeSessions } from './live-sessions.mjs';
import { describeMachine, describeVersions } from './machine.mjs';
import { say } from './measure.mjs';
import { installPeers } from './peers.mjs';
import { findPostgres } from './postgres.mjs';
import { HASH_ALONE, onPostgres, PEERS, SALLYPORT, SALLYPORT_NORMAL } from './stacks.mjs';
import { medianRatio, medianRow } from './statistics.mjs';

/**
 * @typedef {import('./statistics.mjs').Row} Row
 * @typedef {import('./results.mjs').Comparison} Comparison
 */

/** Stacks that stand in no column: they answer one question each. */
const HELPERS = [SALLYPORT_NORMAL, HASH_ALONE];

/**
 * The server beside its peers, everything that the README's table shows and the bars are about.
 *
 * @param {import('./compare.mjs').Lengths} lengths
 * @returns {Promise<Comparison>}
 */
export async function compare(lengths) {
  installPeers();
  const [machine, versions, date] = [describeMachine(), describeVersions(), new Date().toISOString()];
  const postgres = await findPostgres();
  try {
    const columns = [SALLYPORT, ...(postgres ? [onPostgres(postgres.url)] : []), ...PEERS];
    const figures = await measureAll(columns, lengths);
    say(`${lengths.sessions.toLocaleString('en')} live sessions come by`);
    const sessions = await seeSessions(lengths.sessions);
    return { date, machine, versions, settings: lengths, ...figures, sessions };
  } finally {
    await postgres?.stop();
  }
}

/**
 * @param {import('./stacks.mjs').Stack[]} columns  @param {import('./compare.mjs').Lengths} lengths
 * @returns {Promise<Pick<Comparison, 'stacks' | 'ratios' | 'refreshNormal' | 'hashAlone'>>}
 */
async function measureAll(columns, lengths) {
  const starts = await measureStarts(columns, lengths);
  const fleet = await startFleet([...columns, ...HELPERS], lengths);
  const shown = fleet.members.filter(({ stack }) => columns.includes(stack));
  const besideHash = fleet.members.filter(({ stack }) => stack !== SALLYPORT_NORMAL);
  const me = await measureMe(shown, lengths);
  const refresh = await measureRefresh(fleet.members, lengths);
  const signIn = await measureSignIn(besideHash, lengths);
  const storm = await measureStorm(shown, lengths);
  const stacks = [];
  for (const { stack, server, idleMemory } of shown) {
    const { id, name } = stack;
    const { empty = 0, again = 0 } = starts.get(id) ?? {};
    const [rows, storms] = [{ me, refresh, signIn }, storm.get(id)];
    const measured = Object.entries(rows).flatMap(([what, results]) => {
      const found = results.get(id);
      return found ? [[what, medianRow(found)]] : [];
    });
    const { rss } = await server.usage();
    stacks.push({
      id,
      name,
      ...Object.fromEntries(measured),
      ...(storms && { storm: storms }),
      start: { ...(stack.ownDatabase !== false && { empty }), again },
      memory: { idle: idleMemory, afterLoad: rss },
    });
  }
  await fleet.stop();
  return {
    stacks,
    refreshNormal: medianRow(rowsOf(refresh, 'sallyport-normal')),
    hashAlone: medianRow(rowsOf(signIn, 'hash-alone')),
    ratios: {
      meBesideBetterAuth: medianRatio(rowsOf(me, 'sallyport'), rowsOf(me, 'better-auth'), 'perSecond'),
      meCpuBesideFastify: medianRatio(rowsOf(me, 'sallyport'), rowsOf(me, 'fastify'), 'cpu'),
      signInCpuBesideHash: medianRatio(rowsOf(signIn, 'sallyport'), rowsOf(signIn, 'hash-alone'), 'cpu'),
    },
  };
}

/** @param {Map<string, Row[]>} results  @param {string} id */
function rowsOf(results, id) {
  const rows = results.get(id);
  if (!rows) throw new Error(`${id} was not measured`);
  return rows;
}
