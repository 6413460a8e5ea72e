// @ts-check
// `npm run timing`: does the time of an answer tell whether there is an account? Asks a server of its own for accounts of
// every kind, in random order, and compares each kind with unknown addresses. Exit code 1 when it does.
//
//   --endpoint NAME         one of them, or several; all when left out
//   --class NAME            compare this one with unknown addresses, or several; all when left out
//   --samples N             a class; 5000 when left out
//   --seed N                makes the same choices again
//   --json                  figures for a program
//   --without-dummy-hash    on a copy of the server that computes no hash for unknown accounts: exit code 1 unless that shows
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from '../../server/ensure-built.mjs';
import { copyWithoutDummyHash } from './altered-server.mjs';
import { EXPERIMENTS } from './experiments.mjs';
import { measure } from './measure.mjs';
import { CERTAIN, compare, isClean, showsMissingHash, tableOf } from './report.mjs';
import { randomFrom, THRESHOLD } from './statistics.mjs';

const ENOUGH = 5000;

const { values } = parseArgs({
  options: {
    endpoint: { type: 'string', multiple: true },
    class: { type: 'string', multiple: true },
    samples: { type: 'string', default: String(ENOUGH) },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    json: { type: 'boolean', default: false },
    'without-dummy-hash': { type: 'boolean', default: false },
  },
});
const altered = values['without-dummy-hash'];
const samples = wholeNumber(values.samples);
const seed = wholeNumber(values.seed);
const names = values.endpoint ?? (altered ? ['sign-in'] : Object.keys(EXPERIMENTS));

/** @param {string} text */
function wholeNumber(text) {
  if (!/^\d{1,10}$/.test(text)) throw new Error(`expected a whole number, not ${text}`);
  return Number(text);
}

/** @param {string} line */
const say = (line) => values.json || process.stdout.write(`${line}\n`);

/** @param {string} name */
function findExperiment(name) {
  const experiment = EXPERIMENTS[name];
  if (!experiment) throw new Error(`no endpoint ${name}: ${Object.keys(EXPERIMENTS).join(', ')}`);
  const kinds = experiment.kinds.filter(
    (kind) => kind === 'unknown' || (values.class?.includes(kind) ?? true),
  );
  if (kinds.length < 2) throw new Error(`no such class: ${experiment.kinds.join(', ')}`);
  return { ...experiment, kinds };
}

// So that what was put down for it is taken away again.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

await ensureBuilt();
const server = altered ? copyWithoutDummyHash() : join(import.meta.dirname, '../../dist/server/main.mjs');
say(`seed ${seed}${altered ? ', a server that computes no hash for unknown accounts' : ''}\n`);
const results = [];
for (const name of names) {
  const experiment = findExperiment(name);
  const { cost, accepted } = experiment;
  const start = performance.now();
  const rows = compare(await measure({ server, experiment, samples, random: randomFrom(seed) }));
  const passed = altered ? showsMissingHash(rows) : isClean(rows, experiment);
  say(`${name}, cost ${cost}, microseconds, took ${((performance.now() - start) / 1000).toFixed(0)} s`);
  say(tableOf(rows));
  if (accepted !== undefined) say(`  accepted: medians that differ by less than ${accepted}`);
  say('');
  results.push({ endpoint: name, cost, accepted, passed, rows });
}

const failed = results.filter(({ passed }) => !passed).map(({ endpoint }) => endpoint);
process.exitCode = failed.length > 0 ? 1 : 0;
if (values.json)
  process.stdout.write(
    `${JSON.stringify({ seed, samples, altered, passed: failed.length === 0, results })}\n`,
  );
if (samples < ENOUGH) say(`fewer than ${ENOUGH} samples a class: too few to show that nothing is told`);
if (altered)
  say(failed.length > 0 ? `the missing hash does not show: |t| ≤ ${CERTAIN}` : 'the missing hash shows');
else
  say(
    failed.length > 0
      ? `the time tells: ${failed.join(', ')}`
      : `no |t| of ${THRESHOLD} or more where none is accepted`,
  );
