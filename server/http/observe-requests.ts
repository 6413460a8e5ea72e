import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../lib/logger.ts';
import { NO_OBSERVER, type Observer } from '../lib/observer.ts';
import { readTraceId } from '../lib/trace-context.ts';
import type { RequestSpan, TraceIds, Tracing } from '../lib/tracing.ts';
import { routeOf } from './route-name.ts';

export interface Observers {
  log: Logger;
  observer: Pick<Observer, 'request'>;
  /** Undefined: nobody collects traces. */
  tracing: Tracing | undefined;
}

/**
 * One line a request, by its route: never what was asked, see route-name.ts, nor who asked. The same goes to the metrics,
 * and as a span to the traces.
 */
export function observeRequests(app: FastifyInstance, { log, observer, tracing }: Observers): void {
  const begin = tracing ? traceRequests(app, tracing) : nameTrace;
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id);
    begin(request, reply);
    done();
  });
  // Waiting for the end of each answer takes Node half a microsecond: not for nobody.
  if (observer === NO_OBSERVER && !log.isLevelEnabled('info')) return;
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status, elapsedTime } = reply;
    const route = routeOf(request);
    observer.request({ route, status, seconds: elapsedTime / 1000 });
    request.log.info({ method: request.method, route, status, ms: Math.round(elapsedTime) }, 'request');
    done();
  });
}

/** The line still says which trace its request is part of, when the caller does. That is the caller's word; `reqId` is ours. */
function nameTrace(request: FastifyRequest, reply: FastifyReply): void {
  const { traceparent } = request.headers;
  const traceId = traceparent === undefined ? undefined : readTraceId(String(traceparent));
  if (traceId !== undefined) logWith(request, reply, { traceId });
}

/** A span a request, and both its ids on each of its log lines. Returns how it begins. */
function traceRequests(
  app: FastifyInstance,
  tracing: Tracing,
): (request: FastifyRequest, reply: FastifyReply) => void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  // Here and no earlier: what reads a body goes on in the context of its connection.
  app.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) span.within(done);
    else done();
  });
  return (request, reply) => {
    const { method, headers, protocol: scheme, raw } = request;
    const route = routeOf(request);
    const span = tracing.startRequest({ method, headers, scheme, route, protocolVersion: raw.httpVersion });
    spans.set(request, span);
    logWith(request, reply, span.ids);
    // Also where the caller has gone away: then no answer was finished, and no hook of Fastify's is called.
    reply.raw.once('close', () => span.end(reply.raw.headersSent ? reply.raw.statusCode : undefined));
  };
}

function logWith(request: FastifyRequest, reply: FastifyReply, ids: TraceIds): void {
  request.log = reply.log = request.log.child(ids);
}
