import type { Tracing } from '../lib/tracing.ts';

/** Where every copy of OpenTelemetry's API, of whatever version 1.x, keeps what an SDK has registered. */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');

/**
 * Looked for once, at the start: an SDK is loaded before the server (`node --import ./otel.mjs server/start.mjs`) or not at
 * all. Without one the API is not even loaded: it would take 16 ms and 7 MB, to do nothing.
 */
export async function findTracing(): Promise<Tracing | undefined> {
  if (!(REGISTERED in globalThis)) return undefined;
  const { createTracing } = await import('./open-telemetry.ts');
  return createTracing();
}
