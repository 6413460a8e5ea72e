// @ts-check
import { format } from 'prettier';
import { judge, megabytes } from './bars.mjs';
import { PATIENCE } from './storm.mjs';

/**
 * @typedef {import('./results.mjs').Results} Results
 * @typedef {import('./results.mjs').Comparison} Comparison
 * @typedef {import('./results.mjs').Measured} Measured
 */

const NONE = '–';

/** @type {[string, (stack: Measured) => string][]} */
const ROWS = [
  ['`me`, requests/s', ({ me }) => count(me?.perSecond)],
  ['`me`, CPU µs', ({ me }) => count(me?.cpu)],
  ['`me`, p50 / p99 ms', ({ me }) => latencies(me)],
  ['refresh, requests/s', ({ refresh }) => count(refresh?.perSecond)],
  ['refresh, CPU µs', ({ refresh }) => count(refresh?.cpu)],
  ['refresh, p50 / p99 ms', ({ refresh }) => latencies(refresh)],
  ['sign-in, CPU ms', ({ signIn }) => count(signIn && signIn.cpu / 1000)],
  ['sign-in, p50 / p99 ms', ({ signIn }) => (signIn ? `${count(signIn.p50)} / ${count(signIn.p99)}` : NONE)],
  ['`me` during 32 sign-ins, p99 ms', ({ storm }) => patience(storm?.p99)],
  ['`me` lost meanwhile', ({ storm }) => (storm ? `${storm.lost} of ${count(storm.sent)}` : NONE)],
  [
    'sign-ins/s, alone / meanwhile',
    ({ storm }) => (storm ? `${tenths(storm.calm)} / ${tenths(storm.busy)}` : NONE),
  ],
  ['start to first answer, ms', ({ start }) => count(start.again)],
  [
    'memory, idle / after load, MB',
    ({ memory }) => `${count(megabytes(memory.idle))} / ${count(megabytes(memory.afterLoad))}`,
  ],
];

/**
 * The servers side by side, and what they ran on: for the README.
 *
 * @param {Comparison} comparison
 */
export function renderComparison(comparison) {
  const { stacks } = comparison;
  const header = ['', ...stacks.map(({ name }) => name)];
  const rows = ROWS.map(([name, cell]) => [name, ...stacks.map(cell)]);
  return formatted([...table(header, rows), '', describe(comparison)]);
}

/**
 * Everything: the comparison, what is promised and whether it holds, and what a million accounts change.
 *
 * @param {Results} results
 */
export async function renderPage({ comparison, scale }) {
  const { ratios, refreshNormal, sessions, versions } = comparison;
  const bars = judge(comparison).map(({ name, measured, relation, limit, unit, held }) => [
    name,
    `${significant(measured)} ${unit}`,
    `${relation} ${limit.toLocaleString('en')} ${unit}`,
    held ? 'held' : '**not held**',
  ]);
  return formatted([
    '# What the server costs, and its peers',
    '',
    'Written by `npm run bench -- --update-readme`; [results.json](results.json) has every figure.',
    '',
    await renderComparison(comparison),
    '![The same as a chart](chart.svg)',
    '',
    '## What is promised',
    '',
    ...table(['', 'measured', 'promised', ''], bars),
    '',
    `Refresh at \`synchronous=NORMAL\`: ${count(refreshNormal.perSecond)} a second, ${count(refreshNormal.cpu)} µs of CPU each; the server has no such setting, the bench changes it from outside. Resident memory with ${count(sessions.count)} live sessions seen: ${count(megabytes(sessions.memory))} MB. A sign-in takes ${ratios.signInCpuBesideHash.toFixed(3)} × the CPU of the hash alone.`,
    '',
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    ...(scale ? ['', ...renderScale(scale)] : []),
  ]);
}

/** @param {NonNullable<Results['scale']>} scale */
function renderScale({ sizes, verdicts, machine, date }) {
  const rows = sizes.map(({ accounts, me, refresh, signIn }) => [
    count(accounts),
    ...[me, refresh, signIn].flatMap((row) => [count(row.perSecond), count(row.cpu), row.p50.toFixed(2)]),
  ]);
  const figures = ['`me`', 'refresh', 'sign-in'].flatMap((name) => [
    `${name}, requests/s`,
    'CPU µs',
    'p50 ms',
  ]);
  return [
    '## What a million accounts change',
    '',
    'As many sessions as accounts; sign-in at cost 4, so that the hash does not hide what the database takes.',
    '',
    ...table(['accounts', ...figures], rows),
    '',
    ...verdicts.map(
      ({ name, measured, limit, held }) =>
        `- ${name}: ${measured.toFixed(2)} × at most, promised ≤ ${limit} ×: ${held ? 'held' : '**not held**'}`,
    ),
    '',
    `${machine.cpu}, Node ${machine.node}, ${date.slice(0, 10)}.`,
  ];
}

/** @param {Comparison} comparison */
function describe({ machine, settings, date, versions }) {
  const where = `${machine.cpu}, ${machine.cores} cores, ${machine.os}, Node ${machine.node}`;
  const how = machine.pinned
    ? 'each server on one core, the load from another'
    : 'servers not pinned to a core';
  const disk = `a commit takes the disk ${machine.commit.toFixed(2)} ms`;
  return `${where}, SQLite ${versions['SQLite']}; ${how}; bcrypt at cost ${settings.cost} everywhere; ${disk}; ${settings.rounds} rounds in turn, medians; ${date.slice(0, 10)}.`;
}

/** @param {string[]} header  @param {string[][]} rows */
function table(header, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)];
}

/** @param {string[]} lines */
function formatted(lines) {
  return format(lines.join('\n'), { parser: 'markdown' });
}

/** @param {number | undefined} value */
export function count(value) {
  return value === undefined ? NONE : Math.round(value).toLocaleString('en');
}

/** @param {number} value */
function tenths(value) {
  return value.toFixed(1);
}

/** @param {number} value */
function significant(value) {
  return value >= 100 ? count(value) : String(Number(value.toPrecision(3)));
}

/** @param {{ p50: number, p99: number } | undefined} row */
function latencies(row) {
  return row ? `${row.p50.toFixed(2)} / ${row.p99.toFixed(2)}` : NONE;
}

/** @param {number | undefined} value  milliseconds */
export function patience(value) {
  if (value === undefined) return NONE;
  return value >= PATIENCE ? `over ${count(PATIENCE)}` : value < 100 ? tenths(value) : count(value);
}
