import {
  context,
  propagation,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
} from '@opentelemetry/api';
import type { RequestSpan, RequestStart, TraceIds, Tracing } from '../lib/tracing.ts';

/** RFC 9110 and RFC 5789. Any other is `_OTHER`: names of spans and values of attributes are ours alone. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

/**
 * Spans through OpenTelemetry's API, for the SDK that the operator has loaded before the server, with its sampler and its
 * propagator. Undefined without one: then nothing is to be done at any request. Attributes are those of the semantic
 * conventions for HTTP 1.23 and later, without what tells who called or what they wrote: `client.address`,
 * `user_agent.original`, `url.path` and `url.query`.
 */
export function createTracing(): Tracing | undefined {
  const provider = trace.getTracerProvider();
  if (provider instanceof ProxyTracerProvider && !provider.getDelegateTracer('sallyport')) return undefined;
  const tracer = provider.getTracer('sallyport');

  return {
    startRequest({ method, route, scheme, protocolVersion, headers }: RequestStart): RequestSpan {
      const known = METHODS.has(method) ? method : '_OTHER';
      const name = known === '_OTHER' ? 'HTTP' : known;
      const attributes = {
        'http.request.method': known,
        'url.scheme': scheme,
        'network.protocol.version': protocolVersion,
        ...(route !== undefined && { 'http.route': route }),
      };
      const options = { kind: SpanKind.SERVER, attributes };
      // Not the active context: what came in on the same connection before is no parent.
      const parent = propagation.extract(ROOT_CONTEXT, headers);
      const span = tracer.startSpan(route === undefined ? name : `${name} ${route}`, options, parent);
      const within = trace.setSpan(parent, span);
      return {
        ids: idsOf(span),
        within: (work) => context.with(within, work),
        end: (status) => endRequest(span, status),
      };
    },
    inSpan: (name, work) =>
      tracer.startActiveSpan(name, async (span) => {
        try {
          return await work();
        } catch (error) {
          span.setAttribute('error.type', error instanceof Error ? error.name : '_OTHER');
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      }),
    activeIds() {
      const span = trace.getActiveSpan();
      return span && idsOf(span);
    },
  };
}

function idsOf(span: Span): TraceIds {
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
}

/** A refusal is the caller's error, not ours: a span of the server's side then has no status. */
function endRequest(span: Span, status: number | undefined): void {
  if (status !== undefined) span.setAttribute('http.response.status_code', status);
  if (status === undefined || status >= 500) {
    span.setAttribute('error.type', status === undefined ? 'aborted' : String(status));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}
