// @ts-check
// `npm run bench -- --simulate`: what one machine can say of many. Costs are measured on the server's own code and a real
// PostgreSQL; the feed of revocations to hundreds of processes is simulated with these costs; the rest is arithmetic. Writes
// docs/benchmark/simulation.json and the tables of docs/SCALING.md, under two minutes and a gigabyte.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { say } from './measure.mjs';
import { measureDatabase } from './simulation/database.mjs';
import { simulateFeed } from './simulation/feed.mjs';
import { measureMemory } from './simulation/memory.mjs';
import { openOwnCode } from './simulation/own-code.mjs';
import { renderPage } from './simulation/page.mjs';
import { ASSUMED, costOf, feedsOf } from './simulation/plan.mjs';
import { measureServer } from './simulation/server-costs.mjs';

const docs = join(import.meta.dirname, '../../docs');
const PAGE = join(docs, 'SCALING.md');

/** Revocations that each simulated feed carries, and the seconds within which it does. */
const FEED = { revocations: 4000, least: 5, most: 60 };

export async function simulate() {
  say('measured: the CPU of a call to the server on PostgreSQL, and of a hash');
  const server = await measureServer();
  const own = await openOwnCode();
  try {
    say('measured: what a process remembers, with the server’s own maps, a million revocations among it');
    const memory = await measureMemory(own);
    say('measured: rows, refreshes and revocations in a PostgreSQL whose databases stand for shards');
    const { version, sizes, refresh, revocation } = await measureDatabase(own);
    const machine = {
      cpu: cpus()[0]?.model.trim() ?? 'unknown processor',
      cores: cpus().length,
      node: process.versions.node,
      postgres: version.split(' ')[0] ?? version,
    };
    const measured = rounded({
      date: new Date().toISOString(),
      machine,
      server,
      memory,
      sizes,
      refresh,
      revocation,
    });
    say('simulated: revocations on their way to every process, with these costs');
    await write({ ...measured, feeds: rounded(simulateFeeds(measured)) });
  } finally {
    await own.close();
  }
}

/** @param {import('./simulation/plan.mjs').Measured} measured */
function simulateFeeds(measured) {
  return feedsOf(measured).map(({ accounts, shards, perSecond, processes, mode }) => {
    const seconds = Math.min(FEED.most, Math.max(FEED.least, FEED.revocations / perSecond));
    const feed = {
      perSecond,
      processes,
      mode,
      seconds,
      cores: ASSUMED.databaseCores,
      costs: costOf(measured),
    };
    return { accounts, shards, ...simulateFeed(feed) };
  });
}

/** @param {import('./simulation/page.mjs').Simulation} simulation */
async function write(simulation) {
  mkdirSync(join(docs, 'benchmark'), { recursive: true });
  const json = await format(JSON.stringify(simulation), { parser: 'json', printWidth: 110 });
  writeFileSync(join(docs, 'benchmark/simulation.json'), json);
  const page = await renderPage(readFileSync(PAGE, 'utf8'), simulation);
  writeFileSync(PAGE, page);
  const tables = page.match(/<!-- simulation: [\s\S]*?<!-- end of simulation -->/g) ?? [];
  for (const table of tables) say(`\n${table.replace(/<!--.*?-->\n?/g, '').trim()}`);
  say('\ncomputed and extrapolated: docs/SCALING.md says from what. No distributed database was run.');
}

/** Four digits are more than any of it is good for. @template T @param {T} value @returns {T} */
function rounded(value) {
  const digits = (/** @type {string} */ _key, /** @type {unknown} */ item) =>
    typeof item === 'number' && !Number.isInteger(item) ? Number(item.toPrecision(4)) : item;
  return JSON.parse(JSON.stringify(value, digits));
}
