// @ts-check

/** @typedef {{ count: number, mean: number, variance: number }} Summary  the variance is the unbiased one */

/**
 * Two classes whose |t| is below it are taken for alike: the threshold of leakage assessment (Goodwill et al., "A testing
 * methodology for side-channel resistance validation", 2011). By chance alone one comparison in 150,000 exceeds it.
 */
export const THRESHOLD = 4.5;

/**
 * @param {readonly number[]} sample  two values at least
 * @returns {Summary}
 */
export function summarize(sample) {
  const mean = sum(sample) / sample.length;
  const variance = sum(sample.map((value) => (value - mean) ** 2)) / (sample.length - 1);
  return { count: sample.length, mean, variance };
}

/**
 * Welch's t for two samples whose variances may differ, and its degrees of freedom by Welch and Satterthwaite
 * (B. L. Welch, Biometrika 34, 1947). Positive: the first takes longer.
 *
 * @param {Summary} a  @param {Summary} b
 * @returns {{ t: number, degrees: number }}
 */
export function welch(a, b) {
  const [inA, inB] = [a.variance / a.count, b.variance / b.count];
  return {
    t: (a.mean - b.mean) / Math.sqrt(inA + inB),
    degrees: (inA + inB) ** 2 / (inA ** 2 / (a.count - 1) + inB ** 2 / (b.count - 1)),
  };
}

/**
 * Each sample without what lies above the quantile of all of them together: the pauses of a busy machine, whose size hides
 * any difference of microseconds. One cut for all, so that a class that is slow shows: more of it lies above, and the
 * rest of it nearer to the cut.
 *
 * @param {readonly number[][]} samples  @param {number} quantile
 * @returns {number[][]}
 */
export function cropAbove(samples, quantile) {
  const all = samples.flat().toSorted((a, b) => a - b);
  const cut = all[Math.ceil(all.length * quantile) - 1] ?? Infinity;
  return samples.map((sample) => sample.filter((value) => value <= cut));
}

/** @param {readonly number[]} sample */
export function median(sample) {
  const sorted = sample.toSorted((a, b) => a - b);
  const [below, above] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return ((below ?? Number.NaN) + (above ?? Number.NaN)) / 2;
}

/**
 * Numbers from 0 to 1, the same for the same seed (mulberry32, by Tommy Ettinger, public domain).
 *
 * @param {number} seed
 * @returns {() => number}
 */
export function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A new array in random order (Fisher and Yates).
 *
 * @template T
 * @param {readonly T[]} items  @param {() => number} random
 * @returns {T[]}
 */
export function shuffled(items, random) {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [result[last], result[other]];
    // Boundary: both indices are within the array.
    result[last] = /** @type {T} */ (b);
    result[other] = /** @type {T} */ (a);
  }
  return result;
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
