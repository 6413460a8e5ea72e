// @ts-check

/**
 * @typedef {import('./results.mjs').Comparison} Comparison
 * @typedef {{ name: string, measured: number, relation: '≥' | '≤' | '<', limit: number, unit: string, held: boolean }} Bar
 */

/** How many sessions the last bar is about; fewer prove nothing. */
const MANY_SESSIONS = 100_000;

/**
 * What the server promises, and whether this run shows it.
 *
 * @param {Comparison} comparison
 * @returns {Bar[]}
 */
export function judge({ stacks, ratios, refreshNormal, sessions }) {
  const [ours, ...others] = stacks;
  if (!ours?.refresh || !ours.storm) throw new Error('the server itself was not measured');
  const peers = others.filter(({ id }) => !id.startsWith('sallyport'));
  const lowest = Math.min(...peers.map(({ storm }) => storm?.p99 ?? Infinity));
  return [
    bar('`me`, requests/s beside better-auth’s `get-session`', ratios.meBesideBetterAuth, '≥ 15 ×'),
    bar('`me`, CPU beside the REST `me` of Fastify with @fastify/jwt', ratios.meCpuBesideFastify, '≤ 1 ×'),
    bar('refresh, `synchronous=FULL`', ours.refresh.perSecond, '≥ 1200 /s'),
    bar('refresh, `synchronous=NORMAL`', refreshNormal.perSecond, '≥ 2400 /s'),
    bar('sign-in, CPU beside the hash alone', ratios.signInCpuBesideHash, '≤ 1.05 ×'),
    bar('`me` lost during 32 sign-ins', ours.storm.lost, '≤ 0'),
    bar('`me` during 32 sign-ins, p99', ours.storm.p99, '< 25 ms'),
    bar('the same beside the best of the peers', ours.storm.p99 / lowest, '< 1 ×'),
    bar('sign-ins kept while `me` is called', ours.storm.kept * 100, '≥ 90 %'),
    bar('start to first answer', Math.max(ours.start.empty ?? 0, ours.start.again), '< 500 ms'),
    bar('memory after load', megabytes(ours.memory.afterLoad), '< 120 MB'),
    ...(sessions.count >= MANY_SESSIONS
      ? [bar('memory with 100,000 live sessions seen', megabytes(sessions.memory), '< 300 MB')]
      : []),
  ];
}

/**
 * @param {string} name  @param {number} measured  @param {string} demand  relation, limit and unit
 * @returns {Bar}
 */
export function bar(name, measured, demand) {
  const [relation, limit, unit = ''] = demand.split(' ');
  if (relation !== '≥' && relation !== '≤' && relation !== '<') throw new Error(`no relation: ${demand}`);
  const held = holds(measured, relation, Number(limit));
  return { name, measured, relation, limit: Number(limit), unit, held };
}

/** @param {number} measured  @param {Bar['relation']} relation  @param {number} limit */
function holds(measured, relation, limit) {
  if (relation === '<') return measured < limit;
  return relation === '≥' ? measured >= limit : measured <= limit;
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return bytes / 1_000_000;
}
