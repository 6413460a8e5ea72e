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
import { cropAbove, median, randomFrom, summarize, THRESHOLD, welch } from './statistics.mjs';

/** |t| that a hash left out must exceed, or the test could not have found one. */
const CERTAIN = 10;

/** The quantile of all times above which they are left out for the second t. */
const CROP = 0.9;

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

/** @param {import('./measure.mjs').Samples} taken */
function compare(taken) {
  const kinds = [...taken.keys()];
  const all = [...taken.values()];
  const cropped = cropAbove(all, CROP).map(summarize);
  const whole = all.map(summarize);
  const unknown = kinds.indexOf('unknown');
  const medianUnknown = median(all[unknown] ?? []);
  return kinds.map((kind, index) => {
    const [own, theirs, ownCropped, theirsCropped] = [
      whole[index],
      whole[unknown],
      cropped[index],
      cropped[unknown],
    ];
    if (!own || !theirs || !ownCropped || !theirsCropped) throw new Error('unknown is not among the kinds');
    return {
      kind,
      samples: own.count,
      mean: own.mean,
      median: median(all[index] ?? []),
      later: median(all[index] ?? []) - medianUnknown,
      t: welch(own, theirs).t,
      tCropped: welch(ownCropped, theirsCropped).t,
    };
  });
}

/** @param {string} name */
async function run(name) {
  const whole = EXPERIMENTS[name];
  if (!whole) throw new Error(`no endpoint ${name}: ${Object.keys(EXPERIMENTS).join(', ')}`);
  const isWanted = (/** @type {string} */ kind) =>
    kind === 'unknown' || (values.class?.includes(kind) ?? true);
  const experiment = { ...whole, kinds: whole.kinds.filter(isWanted) };
  if (experiment.kinds.length < 2) throw new Error(`no such class: ${whole.kinds.join(', ')}`);
  const start = performance.now();
  const taken = await measure({ server: server.main, experiment, samples, random: randomFrom(seed) });
  const rows = compare(taken);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  say(`${name}, cost ${experiment.cost}, ${seconds} s, microseconds`);
  say(
    `  ${'class'.padEnd(14)} samples     mean   median    later       t   t of the fastest ${CROP * 100} %`,
  );
  for (const row of rows) {
    const isUnknown = row.kind === 'unknown';
    const figures = [
      row.kind.padEnd(14),
      String(row.samples).padStart(7),
      row.mean.toFixed(0).padStart(8),
      row.median.toFixed(0).padStart(8),
      isUnknown ? '' : row.later.toFixed(1).padStart(8),
      isUnknown ? '' : row.t.toFixed(2).padStart(7),
      isUnknown ? '' : row.tCropped.toFixed(2).padStart(7),
    ];
    say(`  ${figures.join(' ').trimEnd()}`);
  }
  say('');
  return { endpoint: name, cost: experiment.cost, rows };
}

// So that what was put down for it is taken away again.
process.once('SIGINT', () => process.exit(130));

await ensureBuilt();
const built = { main: join(import.meta.dirname, '../../dist/server/main.mjs'), remove: () => {} };
const server = altered ? copyWithoutDummyHash() : built;
const results = [];
try {
  say(`seed ${seed}${altered ? ', a server that computes no hash for unknown accounts' : ''}\n`);
  for (const name of names) results.push(await run(name));
} finally {
  server.remove();
}
const largest = Math.max(
  ...results.flatMap(({ rows }) =>
    rows
      .filter(({ kind }) => kind !== 'unknown')
      .flatMap(({ t, tCropped }) => [Math.abs(t), Math.abs(tCropped)]),
  ),
);
const known = results.map(({ rows }) => Math.abs(rows.find(({ kind }) => kind === 'known')?.t ?? 0));
const passed = altered ? known.every((t) => t > CERTAIN) : largest < THRESHOLD;
process.exitCode = passed ? 0 : 1;
if (values.json) process.stdout.write(`${JSON.stringify({ seed, samples, altered, passed, results })}\n`);
if (samples < ENOUGH) say(`fewer than ${ENOUGH} samples a class: too few to show that nothing is told`);
if (altered) say(passed ? 'the missing hash shows' : `the missing hash does not show: |t| ≤ ${CERTAIN}`);
else say(passed ? `no |t| of ${THRESHOLD} or more` : `|t| of ${largest.toFixed(2)}: the time tells`);
