import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bar, judge } from '../bench/bars.mjs';
import { renderChart } from '../bench/chart.mjs';
import type { Storm } from '../bench/compare.mjs';
import { KEPT, readResults, tableIn, withTable, type Comparison, type Measured } from '../bench/results.mjs';
import { compareSizes } from '../bench/scale.mjs';
import { median, medianRatio, medianRow, percentile, type Row } from '../bench/statistics.mjs';
import { PATIENCE } from '../bench/storm.mjs';
import { renderComparison, renderPage } from '../bench/table.mjs';
import { PROJECT_ROOT } from '../support/project-copy.ts';

const row = (figures: Partial<Row> = {}): Row => ({ perSecond: 100, cpu: 50, p50: 1, p99: 2, ...figures });
const calmStorm: Storm = { calm: 3, busy: 2.9, kept: 0.97, sent: 500, lost: 0, p50: 1, p99: 5 };

function stack(id: string, figures: Partial<Measured> = {}): Measured {
  return {
    id,
    name: id,
    me: row(),
    refresh: row({ perSecond: 1500 }),
    storm: calmStorm,
    start: { empty: 450, again: 400 },
    memory: { idle: 90e6, afterLoad: 110e6 },
    ...figures,
  };
}

/** A run in which everything holds, but for what a test says. */
function run(ours: Partial<Measured> = {}, figures: Partial<Comparison> = {}): Comparison {
  const peer = stack('fastify', { storm: { ...calmStorm, p99: 20 } });
  return {
    date: '2026-11-28T12:00:00.000Z',
    machine: {
      cpu: 'a processor',
      cores: 2,
      memory: 4e9,
      os: 'Linux 6',
      node: '20.19.0',
      pinned: true,
      commit: 0.2,
    },
    versions: { SQLite: '3.53.2' },
    settings: { seconds: 3, rounds: 5, cost: 12, storms: 2, startUps: 5, sessions: 100_000 },
    stacks: [stack('sallyport', ours), peer],
    refreshNormal: row({ perSecond: 3000 }),
    hashAlone: row(),
    ratios: { meBesideBetterAuth: 20, meCpuBesideFastify: 0.9, signInCpuBesideHash: 1.02 },
    sessions: { count: 100_000, memory: 250e6 },
    ...figures,
  };
}

describe('what is kept of the benchmark', () => {
  const results = readResults(KEPT);
  const kept = (name: string) => readFileSync(join(KEPT, name), 'utf8');

  test('is what the README shows', async () => {
    if (!results.comparison) throw new Error('docs/benchmark/results.json has no comparison');
    const readme = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8');
    expect(tableIn(readme).trim()).toBe((await renderComparison(results.comparison)).trim());
  });

  test('is put into the README where its place is, and again where it was put before', () => {
    const readme = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8');
    const written = withTable(withTable(readme, 'once\n'), 'twice\n');
    expect(tableIn(written)).toBe('\n\ntwice\n\n');
    expect(written.replace('\n\ntwice\n\n', tableIn(readme))).toBe(readme);
    expect(() => withTable('# Another page', 'table')).toThrow('no place');
  });

  test('is what its page and its chart show', async () => {
    const { comparison, ...others } = results;
    if (!comparison) throw new Error('docs/benchmark/results.json has no comparison');
    expect(kept('table.md')).toBe(await renderPage({ comparison, ...others }));
    expect(kept('chart.svg')).toBe(renderChart(comparison.stacks));
  });

  test('was measured at full length', () => {
    expect(results.comparison?.settings).toMatchObject({ cost: 12, sessions: 100_000 });
  });
});

describe('the bars', () => {
  test('all hold in a run in which everything does', () => {
    expect(judge(run()).filter(({ held }) => !held)).toEqual([]);
    expect(judge(run())).toHaveLength(12);
  });

  const good = run();
  test.each<[string, Comparison]>([
    ['requests/s beside', run({}, { ratios: { ...good.ratios, meBesideBetterAuth: 14.9 } })],
    ['CPU beside the REST', run({}, { ratios: { ...good.ratios, meCpuBesideFastify: 1.01 } })],
    ['synchronous=FULL', run({ refresh: row({ perSecond: 1199 }) })],
    ['synchronous=NORMAL', run({}, { refreshNormal: row({ perSecond: 2399 }) })],
    ['beside the hash alone', run({}, { ratios: { ...good.ratios, signInCpuBesideHash: 1.06 } })],
    ['lost', run({ storm: { ...calmStorm, lost: 1 } })],
    ['best of the peers', run({ storm: { ...calmStorm, p99: 20 } })],
    ['sign-ins kept', run({ storm: { ...calmStorm, kept: 0.89 } })],
    ['first answer', run({ start: { empty: 500, again: 400 } })],
    ['first answer', run({ start: { again: 500 } })],
    ['after load', run({ memory: { idle: 90e6, afterLoad: 120e6 } })],
    ['live sessions', run({}, { sessions: { count: 100_000, memory: 300e6 } })],
  ])('does not hold, and no other: %s', (name, comparison) => {
    const broken = judge(comparison).filter(({ held }) => !held);
    expect(broken.map((each) => each.name)).toEqual([expect.stringContaining(name)]);
  });

  test('a p99 of 25 ms is too much, also where the peers are slower', () => {
    const storm = { ...calmStorm, p99: 900 };
    const comparison = run({ storm: { ...calmStorm, p99: 25 } });
    const stacks = [...comparison.stacks.slice(0, 1), stack('express', { storm })];
    expect(judge({ ...comparison, stacks }).filter(({ held }) => !held)).toHaveLength(1);
  });

  test('the server on another engine is no peer', () => {
    const { stacks, ...others } = run();
    const postgres = stack('sallyport-postgres', { storm: { ...calmStorm, p99: 1 } });
    expect(judge({ ...others, stacks: [...stacks, postgres] }).filter(({ held }) => !held)).toEqual([]);
  });

  test('nothing is said about 100,000 sessions by a run that has seen fewer', () => {
    const few = run({}, { sessions: { count: 1000, memory: 150e6 } });
    expect(judge(few).some(({ name }) => name.includes('live sessions'))).toBe(false);
  });

  test('a figure that was not measured holds nothing', () => {
    expect(bar('a', Number.NaN, '≥ 1').held).toBe(false);
    expect(bar('a', Number.NaN, '< 1').held).toBe(false);
    expect(() => bar('a', 1, '> 1')).toThrow('no relation');
  });
});

describe('figures', () => {
  test('percentiles and medians are values that were measured', () => {
    const sorted = Array.from({ length: 100 }, (_, index) => index);
    expect(percentile(sorted, 0.99)).toBe(99);
    expect(percentile(sorted, 0.5)).toBe(50);
    expect(percentile(sorted, 1)).toBe(99);
    expect(median([9, 1, 5])).toBe(5);
    expect(median([])).toBeNaN();
    expect(medianRow([row({ cpu: 1, p99: 9 }), row({ cpu: 2, p99: 8 }), row({ cpu: 3, p99: 7 })])).toEqual(
      row({ cpu: 2, p99: 8 }),
    );
  });

  test('servers are compared round by round, so that a slow round counts on both sides', () => {
    const rows = [10, 1000, 12].map((cpu) => row({ cpu }));
    const others = [20, 2000, 24].map((cpu) => row({ cpu }));
    expect(medianRatio(rows, others, 'cpu')).toBe(0.5);
  });

  test('a size is flat only when CPU and time both are, at every size', () => {
    const sizes = (largest: Partial<Row>) =>
      [{}, {}, largest].map((figures) => ({ me: [row(figures)], refresh: [row()], signIn: [row()] }));
    const held = (largest: Partial<Row>) => compareSizes(sizes(largest)).map((verdict) => verdict.held);
    expect(held({ cpu: 75 })).toEqual([true, true, true]);
    expect(held({ cpu: 76 })).toEqual([false, true, true]);
    expect(held({ perSecond: 60 })).toEqual([false, true, true]);
  });
});

describe('the table and the chart', () => {
  test('a dash stands where a server has nothing to compare, and a wait that nobody has is no figure', async () => {
    const { refresh: _none, ...floor } = stack('floor', { storm: { ...calmStorm, p99: PATIENCE, lost: 7 } });
    const text = await renderComparison(run({}, { stacks: [stack('sallyport'), floor] }));
    expect(text).toMatch(/refresh, requests\/s +\| +1,500 \| +– \|/);
    expect(text).toMatch(/p99 ms +\| +5\.0 \| +over 30,000 \|/);
    expect(text).toMatch(/lost meanwhile +\| +0 of 500 \| +7 of 500 \|/);
  });

  test('a bar that does not hold is told as loudly as those that do', async () => {
    const page = await renderPage({ comparison: run({ storm: { ...calmStorm, lost: 1 } }) });
    expect(page).toMatch(/lost during 32 sign-ins.*\*\*not held\*\*/);
    expect(page.match(/\*\*not held\*\*/g)).toHaveLength(1);
  });

  test('the chart draws lengths from zero, in both colour schemes, and names as text', () => {
    const names = [
      stack('sallyport', { me: row({ perSecond: 1000 }) }),
      stack('peer', { name: 'a<b', me: row({ perSecond: 250 }) }),
    ];
    const chart = renderChart(names);
    const [first = 0, second = 0] = [...chart.matchAll(/<rect.* width="([\d.]+)"/g)].map(([, width]) =>
      Number(width),
    );
    expect(second).toBeCloseTo(first / 4, 0);
    expect(chart).toContain('a&lt;b');
    expect(chart).toContain('prefers-color-scheme: dark');
  });
});
