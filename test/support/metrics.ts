import { onTestFinished } from 'vitest';
import type { App } from '../../server/app.ts';
import { findFreePort } from './free-port.mjs';

/** Samples by name and labels, as they are written: `sallyport_sign_ins_total{outcome="success"}`. */
export type Samples = Map<string, number>;

export function parseMetrics(text: string): Samples {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

/** Listens where metrics are shown; returns how to read them there. */
export async function listenForMetrics({ metricsServer }: App): Promise<() => Promise<Samples>> {
  if (!metricsServer) throw new Error('set METRICS_PORT, to any port');
  const port = await findFreePort();
  await metricsServer.listen({ port, host: '127.0.0.1' });
  onTestFinished(() => metricsServer.close());
  return async () => parseMetrics(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
}

/** What has been counted in between; nothing where nothing has. */
export function difference(before: Samples, after: Samples): Record<string, number> {
  const changed = [...after].filter(([name, value]) => value !== (before.get(name) ?? 0));
  return Object.fromEntries(changed.map(([name, value]) => [name, value - (before.get(name) ?? 0)]));
}
