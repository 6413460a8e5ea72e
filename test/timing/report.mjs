// @ts-check
import { cropAbove, median, summarize, THRESHOLD, welch } from './statistics.mjs';

/**
 * One class against unknown addresses; times in microseconds.
 *
 * @typedef {object} Row
 * @property {string} kind
 * @property {number} samples
 * @property {number} mean
 * @property {number} median
 * @property {number} later  by the medians
 * @property {number} t
 * @property {number} tCropped  t of the fastest, see CROP
 */

/** The quantile of all times above which they are left out for the second t. */
const CROP = 0.9;

/** |t| that a hash left out must exceed, or the test could not have found one. */
export const CERTAIN = 10;

/**
 * @param {ReadonlyMap<string, number[]>} taken  `unknown` is among them
 * @returns {Row[]} `unknown` too, which differs from itself in nothing
 */
export function compare(taken) {
  const samples = [...taken.values()];
  const cropped = cropAbove(samples, CROP);
  const rows = [...taken.keys()].map((kind, index) => ({
    kind,
    median: median(samples[index] ?? []),
    whole: summarize(samples[index] ?? []),
    fastest: summarize(cropped[index] ?? []),
  }));
  const unknown = rows.find(({ kind }) => kind === 'unknown');
  if (!unknown) throw new Error('there is nothing to compare with');
  return rows.map(({ kind, median, whole, fastest }) => ({
    kind,
    samples: whole.count,
    mean: whole.mean,
    median,
    later: median - unknown.median,
    t: welch(whole, unknown.whole).t,
    tCropped: welch(fastest, unknown.fastest).t,
  }));
}

/**
 * Whether the time tells nothing, or no more than is accepted.
 *
 * @param {readonly Row[]} rows  @param {{ accepted?: number }} experiment  microseconds by which the medians may differ
 */
export function isClean(rows, { accepted }) {
  if (accepted !== undefined) return rows.every(({ later }) => Math.abs(later) < accepted);
  return rows.every(({ t, tCropped }) => Math.abs(t) < THRESHOLD && Math.abs(tCropped) < THRESHOLD);
}

/** Whether a hash that is missing for unknown addresses shows. @param {readonly Row[]} rows */
export function showsMissingHash(rows) {
  return rows.some(({ kind, t }) => kind === 'known' && Math.abs(t) > CERTAIN);
}

/** @param {readonly Row[]} rows */
export function tableOf(rows) {
  const head = `  ${'class'.padEnd(14)} samples     mean   median    later       t   t of the fastest ${CROP * 100} %`;
  const lines = rows.map((row) => {
    const figures = [
      row.kind.padEnd(14),
      String(row.samples).padStart(7),
      row.mean.toFixed(0).padStart(8),
      row.median.toFixed(0).padStart(8),
    ];
    const differences = [
      row.later.toFixed(1).padStart(8),
      row.t.toFixed(2).padStart(7),
      row.tCropped.toFixed(2).padStart(7),
    ];
    return `  ${[...figures, ...(row.kind === 'unknown' ? [] : differences)].join(' ')}`;
  });
  return [head, ...lines].join('\n');
}
