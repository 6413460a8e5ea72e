import { poolOf } from './db/connect.ts';
import type { Deps } from './flows/deps.ts';
import { createMetricsServer, type MetricsServer } from './http/metrics-server.ts';
import type { Observer } from './lib/observer.ts';
import { countMail } from './mail/store.ts';
import { LIMIT_NAMES } from './throttle/budgets.ts';

/** Loads what counts, which nobody waits for who has not asked for it. `serve` shows also what `deps` know. */
export async function startMetrics(): Promise<{ observer: Observer; serve(deps: Deps): MetricsServer }> {
  const { createMetrics } = await import('./metrics/metrics.ts');
  const metrics = createMetrics({ limits: LIMIT_NAMES });
  return {
    observer: metrics.observer,
    serve({ db, hasher, revocationFeed, revocations, log }) {
      metrics.follow({
        hashes: () => hasher.queue(),
        feedLag: () => revocationFeed.lag() / 1000,
        revocations: () => revocations.size(),
        waitingMail: () => countMail(db),
        pool: poolOf(db),
      });
      return createMetricsServer({ metrics, log });
    },
  };
}
