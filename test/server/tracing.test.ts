import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-node';
import { beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../server/lib/logger.ts';
import { createTracing } from '../../server/tracing/open-telemetry.ts';
import { findTracing } from '../../server/tracing/find-tracing.ts';
import { beginRequest } from '../support/begun-request.ts';
import { listen } from '../support/listening.ts';
import { GOOD_PASSWORD } from '../support/world.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

const exporter = new InMemorySpanExporter();

/** An SDK, as the operator loads one before the server. */
beforeEach(() => {
  exporter.reset();
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  return () => {
    trace.disable();
    context.disable();
    propagation.disable();
  };
});

/** Those of the requests; the span ends a moment after its answer. */
async function untilEnded(many: number): Promise<ReadableSpan[]> {
  for (;;) {
    const spans = exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.SERVER);
    if (spans.length >= many) return spans;
    await new Promise(setImmediate);
  }
}

function childrenOf(parent: ReadableSpan | undefined): string[] {
  const id = parent?.spanContext().spanId;
  return exporter
    .getFinishedSpans()
    .flatMap((span) => (span.parentSpanContext?.spanId === id ? span.name : []));
}

test('a request is a span by its route, with what the conventions ask for and nothing about a person', async () => {
  const { client } = await listen();
  await client().query('auth.me', { 'User-Agent': 'Curious/1.0' });
  const [span] = await untilEnded(1);
  expect(span?.name).toBe('GET /trpc/auth.me');
  expect(span?.attributes).toEqual({
    'http.request.method': 'GET',
    'http.route': '/trpc/auth.me',
    'http.response.status_code': 401,
    'url.scheme': 'http',
    'network.protocol.version': '1.1',
  });
  expect(span?.parentSpanContext).toBeUndefined();
  expect(span?.status.code).toBe(0);
});

test('a caller’s traceparent is its parent, and tracestate goes along', async () => {
  const { client } = await listen();
  const traceparent = `00-${TRACE}-${PARENT}-01`;
  await client().query('auth.me', { traceparent, tracestate: 'vendor=opaque' });
  await client().query('auth.me', { traceparent: `00-${TRACE}-${'0'.repeat(16)}-01` });
  const [told, malformed] = await untilEnded(2);
  expect(told?.parentSpanContext).toMatchObject({ traceId: TRACE, spanId: PARENT, isRemote: true });
  expect(told?.spanContext().traceState?.serialize()).toBe('vendor=opaque');
  expect(malformed?.parentSpanContext).toBeUndefined();
  expect(malformed?.spanContext().traceId).not.toBe(TRACE);
});

test('a password hash is a span within its request, though the body came in pieces', async () => {
  const { client, port } = await listen();
  await client().register();
  exporter.reset();
  const running = await beginRequest(port, '/trpc/auth.login', {
    email: 'ada@example.com',
    password: GOOD_PASSWORD,
  });
  await client().query('auth.me');
  running.finish();
  const spans = await untilEnded(2);
  running.socket.destroy();
  const signIn = spans.find(({ name }) => name === 'POST /trpc/auth.login');
  expect(childrenOf(signIn)).toEqual(['hash password']);
  expect(childrenOf(spans.find((span) => span !== signIn))).toEqual([]);
});

test('calls at once keep to their own spans', async () => {
  const { client } = await listen();
  await client().register();
  exporter.reset();
  await Promise.all(Array.from({ length: 8 }, () => client().signIn()));
  const spans = await untilEnded(8);
  expect(spans.map(childrenOf)).toEqual(Array.from({ length: 8 }, () => ['hash password']));
});

test('a fault of ours is an error, a refusal is not, and a method that nobody knows has no name', async () => {
  const { client, base, app } = await listen();
  await (await fetch(`${base}/healthz`, { method: 'PROPFIND' })).text();
  await app.deps.db.destroy();
  await client().mutate('auth.login', { email: 'ada@example.com', password: GOOD_PASSWORD });
  const [unknown, failed] = await untilEnded(2);
  expect(unknown?.name).toBe('HTTP');
  expect(unknown?.attributes).toMatchObject({ 'http.request.method': '_OTHER' });
  expect(unknown?.attributes).not.toHaveProperty('http.route');
  expect(failed?.status.code).toBe(2);
  expect(failed?.attributes).toMatchObject({ 'error.type': '500', 'http.response.status_code': 500 });
});

test('each line of a request carries both ids', async () => {
  const { client, app, logLines } = await listen();
  await app.deps.db.destroy();
  await client().mutate('auth.login', { email: 'ada@example.com', password: GOOD_PASSWORD });
  const [span] = await untilEnded(1);
  const lines = logLines.map((line) => JSON.parse(line)).filter(({ reqId }) => reqId !== undefined);
  expect(lines.map(({ msg }) => msg)).toEqual(['procedure failed', 'request']);
  for (const { traceId, spanId } of lines) expect({ traceId, spanId }).toEqual(span && pick(span));
});

function pick(span: ReadableSpan): { traceId: string; spanId: string } {
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}

test('what else is said while a request is answered carries them too, once', async () => {
  const lines: string[] = [];
  const tracing = await findTracing();
  const log = createLogger('info', { tracing, destination: { write: (line) => void lines.push(line) } });
  log.info('before');
  await tracing?.inSpan('work', async () => {
    log.info('within');
    log.child({ traceId: TRACE, spanId: PARENT }).info('of a request');
  });
  const [before, within, ofRequest] = lines;
  const [span] = exporter.getFinishedSpans();
  expect(JSON.parse(before ?? '')).not.toHaveProperty('traceId');
  expect(JSON.parse(within ?? '')).toMatchObject(span ? pick(span) : {});
  expect(ofRequest?.match(/traceId/g)).toHaveLength(1);
});

test('without an SDK there is nothing to trace with', async () => {
  expect(createTracing()).toBeDefined();
  trace.disable();
  expect(createTracing()).toBeUndefined();
  expect(await findTracing()).toBeUndefined();
});
