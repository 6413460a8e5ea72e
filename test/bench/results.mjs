// @ts-check
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { renderChart } from './chart.mjs';
import { renderComparison, renderPage } from './table.mjs';

/**
 * @typedef {import('./statistics.mjs').Row} Row
 * @typedef {{ cpu: string, cores: number, memory: number, os: string, node: string, pinned: boolean, commit: number }} Machine
 *
 * @typedef {object} Measured  latencies and start in milliseconds, memory in bytes
 * @property {string} id
 * @property {string} name
 * @property {Row} [me]
 * @property {Row} [refresh]
 * @property {Row} [signIn]
 * @property {import('./compare.mjs').Storm} [storm]
 * @property {{ empty?: number, again: number }} start  on an empty folder, and on its own data
 * @property {{ idle: number, afterLoad: number }} memory
 *
 * @typedef {object} Comparison
 * @property {string} date
 * @property {Machine} machine
 * @property {Record<string, string>} versions
 * @property {import('./compare.mjs').Lengths} settings
 * @property {Measured[]} stacks  the server itself is the first
 * @property {Row} refreshNormal
 * @property {Row} hashAlone
 * @property {{ meBesideBetterAuth: number, meCpuBesideFastify: number, signInCpuBesideHash: number }} ratios  medians over the rounds
 * @property {{ count: number, memory: number }} sessions
 *
 * @typedef {object} Scale
 * @property {string} date
 * @property {Machine} machine
 * @property {{ accounts: number, me: Row, refresh: Row, signIn: Row }[]} sizes
 * @property {{ name: string, measured: number, limit: number, held: boolean }[]} verdicts
 *
 * @typedef {{ comparison: Comparison, scale?: Scale }} Results
 */

const root = join(import.meta.dirname, '../..');

/** What is kept: the figures that the README shows. */
export const KEPT = join(root, 'docs/benchmark');

/** What a run leaves otherwise, out of the way of the repository. */
export const LEFT = join(root, 'dist/benchmark');

const START = '<!-- benchmark: written by npm run bench -- --update-readme -->';
const END = '<!-- end of benchmark -->';

/** @param {string} folder */
export function readResults(folder) {
  const file = join(folder, 'results.json');
  return /** @type {Partial<Results>} */ (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
}

/**
 * Adds what was measured to what is in `folder`: JSON, and once there is a comparison the page and the chart made of it.
 *
 * @param {string} folder  @param {Partial<Results>} measured
 */
export async function writeResults(folder, measured) {
  mkdirSync(folder, { recursive: true });
  const results = { ...readResults(folder), ...rounded(measured) };
  const json = await format(JSON.stringify(results), { parser: 'json', printWidth: 110 });
  writeFileSync(join(folder, 'results.json'), json);
  const { comparison, ...others } = results;
  if (!comparison) return;
  writeFileSync(join(folder, 'table.md'), await renderPage({ comparison, ...others }));
  writeFileSync(join(folder, 'chart.svg'), renderChart(comparison.stacks));
}

/** Puts the table of what is kept into the README. */
export async function updateReadme() {
  const { comparison } = readResults(KEPT);
  if (!comparison) throw new Error('there is no comparison to show');
  const file = join(root, 'README.md');
  writeFileSync(file, withTable(readFileSync(file, 'utf8'), await renderComparison(comparison)));
}

/**
 * The part of the README that is written by the bench.
 *
 * @param {string} readme
 */
export function tableIn(readme) {
  const { start, end } = findTable(readme);
  return readme.slice(start, end);
}

/** @param {string} readme  @param {string} table */
export function withTable(readme, table) {
  const { start, end } = findTable(readme);
  return `${readme.slice(0, start)}\n\n${table}\n${readme.slice(end)}`;
}

/** @param {string} readme */
function findTable(readme) {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)];
  if (start < 0 || end < start) throw new Error('the README has no place for the table');
  return { start: start + START.length, end };
}

/**
 * Four digits are more than any of it is good for, and keep the differences between two runs readable.
 *
 * @template T
 * @param {T} value
 * @returns {T}
 */
function rounded(value) {
  const digits = (/** @type {string} */ _key, /** @type {unknown} */ item) =>
    typeof item === 'number' && !Number.isInteger(item) ? Number(item.toPrecision(4)) : item;
  return JSON.parse(JSON.stringify(value, digits));
}
