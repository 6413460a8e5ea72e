import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { simulateFeed } from '../bench/simulation/feed.mjs';
import { renderPage } from '../bench/simulation/page.mjs';
import { feedsOf, plan, SIZES } from '../bench/simulation/plan.mjs';
import { PROJECT_ROOT } from '../support/project-copy.ts';

const read = (file: string) => readFileSync(join(PROJECT_ROOT, 'docs', file), 'utf8');
// Boundary: written by `npm run bench -- --simulate` alone.
const simulation = JSON.parse(read('benchmark/simulation.json')) as Parameters<typeof renderPage>[1];

const costs = { commit: 0.2, read: 0.02, readMore: 0.002, handle: 0.1, wire: 0.25 };
const feed = { perSecond: 50, processes: 4, cores: 2, seconds: 20, costs };

describe('docs/SCALING.md', () => {
  test('shows what was simulated, and what follows from it', async () => {
    const page = read('SCALING.md');
    expect(await renderPage(page, simulation)).toBe(page);
  });

  test('says less when another figure was measured', async () => {
    const page = read('SCALING.md');
    const server = { ...simulation.server, hash: simulation.server.hash * 2 };
    expect(await renderPage(page, { ...simulation, server })).not.toBe(page);
  });

  test('has a feed for each that is planned', () => {
    const planned = feedsOf(simulation).map(({ accounts, shards, mode }) => ({ accounts, shards, mode }));
    expect(simulation.feeds.map(({ accounts, shards, mode }) => ({ accounts, shards, mode }))).toEqual(
      planned,
    );
  });

  test('a refresh asks as much of four databases as of one', () => {
    const { oneShard, fourShards, oneFourTimesAsLarge } = simulation.refresh;
    for (const other of [fourShards, oneFourTimesAsLarge]) {
      expect(Math.abs(other.pages - oneShard.pages)).toBeLessThan(1);
      expect(other.commits).toBeCloseTo(1, 2);
      expect(other.sessions).toBe(4 * oneShard.sessions);
    }
  });
});

describe('the plan', () => {
  test('grows in proportion, but for what is whole or at least two', () => {
    const [small, large] = [plan(simulation, 1e8), plan(simulation, 1e9)];
    for (const name of ['refreshes', 'signIns', 'bytes', 'hashCores', 'rememberedBytes'] as const)
      expect(large[name] / small[name]).toBeCloseTo(10, 6);
    expect(plan(simulation, 1).processes).toBe(2);
    expect(SIZES).toEqual([1e6, 1e8, 1e9]);
  });
});

describe('the simulated feed', () => {
  test('brings each end of a session to each process, in the time that the way takes at least', () => {
    const { heard, p50, p99 } = simulateFeed({ ...feed, mode: 'told' });
    expect(heard % feed.processes).toBe(0);
    expect(heard).toBeGreaterThan(0.8 * feed.perSecond * feed.seconds * feed.processes);
    expect(p50).toBeGreaterThanOrEqual(3 * costs.wire + costs.read + costs.handle - 1e-6);
    expect(p99).toBeLessThan(5);
  });

  test('takes half of 100 ms in the middle, and hardly more than that at worst, where nobody is told', () => {
    const { p50, p99 } = simulateFeed({ ...feed, mode: 'looking' });
    expect(p50).toBeGreaterThan(40);
    expect(p50).toBeLessThan(65);
    expect(p99).toBeLessThan(110);
  });

  test('asks for what was heard meanwhile at once: under load there are fewer questions than messages', () => {
    const busy = { ...feed, perSecond: 4000, seconds: 1, processes: 200, cores: 1, mode: 'told' } as const;
    const { reads, databaseCores, heard } = simulateFeed({ ...busy, costs: { ...costs, commit: 0.01 } });
    expect(reads).toBeLessThan(heard / busy.seconds / 2);
    expect(databaseCores).toBeGreaterThan(0.9);
    expect(databaseCores).toBeLessThanOrEqual(1);
  });

  test('waits for the lock when sessions end faster than they commit', () => {
    const { lockWait } = simulateFeed({
      ...feed,
      perSecond: 2000,
      seconds: 2,
      mode: 'told',
      costs: { ...costs, commit: 1 },
    });
    expect(lockWait).toBeGreaterThan(500);
    expect(simulateFeed({ ...feed, mode: 'looking' }).lockWait).toBe(0);
  });
});
