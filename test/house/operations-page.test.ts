import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMetrics } from '../../server/metrics/metrics.ts';
import { PROJECT_ROOT } from '../support/project-copy.ts';

const PAGE = readFileSync(join(PROJECT_ROOT, 'docs/OPERATIONS.md'), 'utf8');

async function readRegistry(): Promise<string> {
  const metrics = createMetrics({ limits: ['pair', 'account', 'address'] });
  metrics.follow({
    hashes: () => ({ waiting: 0, running: 0 }),
    feedLag: () => 0,
    revocations: () => 0,
    waitingMail: async () => 0,
    pool: () => ({ used: 0, idle: 0, waiting: 0 }),
  });
  metrics.observer.request({ route: '/healthz', status: 200, seconds: 0.001 });
  return metrics.read();
}

/** Names of what is in a text, with the labels that it has beside those of the format. */
function labelsByMetric(text: string): Record<string, string> {
  const names = [...text.matchAll(/^# TYPE (sallyport_\w+)/gm)].map(([, name = '']) => name);
  return Object.fromEntries(
    names.map((name) => {
      const [, labels = ''] = new RegExp(`^${name}(?:_bucket)?\\{(.*)\\}`, 'm').exec(text) ?? [];
      const own = [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
      return [
        name,
        own
          .filter((label) => label !== 'le')
          .toSorted()
          .join(),
      ];
    }),
  );
}

test('docs/OPERATIONS.md lists every metric there is, with its labels, and no other', async () => {
  const rows = [...PAGE.matchAll(/^\| `(sallyport_\w+)` +\| (.*?) +\|/gm)];
  const listed = rows.map(([, name = '', labels = '']) => [name, labels.replaceAll(/[` ]/g, '')]);
  expect(listed.length).toBeGreaterThan(10);
  expect(Object.fromEntries(listed)).toEqual(labelsByMetric(await readRegistry()));
});

test('what its alerts ask for is there', async () => {
  const registry = await readRegistry();
  const alerts = [...PAGE.matchAll(/\b(?:sallyport|nodejs)_\w+(?:\{[^}]*\})?/g)].map(([query]) => query);
  for (const query of alerts) {
    const [, name = '', label, value = ''] = /^(\w+?)(?:\{(\w+)=~?"([^"]*)"\})?$/.exec(query) ?? [];
    if (name.endsWith('_')) continue;
    expect(registry).toContain(name);
    if (label === undefined || label === 'status') continue;
    for (const one of value.split(String.raw`\|`)) expect(registry).toContain(`${name}{${label}="${one}"}`);
  }
});
