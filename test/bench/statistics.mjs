// @ts-check

/** @typedef {{ perSecond: number, cpu: number, p50: number, p99: number }} Row  CPU in µs a request, latencies in ms */

/**
 * The value that `share` of all are below; NaN of none.
 *
 * @param {readonly number[]} sorted  @param {number} share
 */
export function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** @param {readonly number[]} values */
export function median(values) {
  return percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/**
 * Each figure by itself: one bad round spoils none of them.
 *
 * @param {readonly Row[]} rows
 * @returns {Row}
 */
export function medianRow(rows) {
  const of = (/** @type {keyof Row} */ name) => median(rows.map((row) => row[name]));
  return { perSecond: of('perSecond'), cpu: of('cpu'), p50: of('p50'), p99: of('p99') };
}

/**
 * How `rows` compares with `others`, round by round: what slowed one round down slowed down both of its halves.
 *
 * @param {readonly Row[]} rows  @param {readonly Row[]} others  @param {keyof Row} figure
 */
export function medianRatio(rows, others, figure) {
  const rounds = Math.min(rows.length, others.length);
  return median(
    Array.from(
      { length: rounds },
      (_, index) => (rows[index]?.[figure] ?? NaN) / (others[index]?.[figure] ?? NaN),
    ),
  );
}
