import cookie from '@fastify/cookie';
import Fastify, { LogController, type FastifyInstance } from 'fastify';
import type { ClientSettings } from '../../shared/client-settings.ts';
import type { Deps } from '../flows/deps.ts';
import { Failure } from '../lib/failure.ts';
import type { Tracing } from '../lib/tracing.ts';
import type { LocalMailbox } from '../mail/local-mailbox.ts';
import { answerOrigins } from './cross-origin.ts';
import { addDevMailbox } from './dev-mailbox.ts';
import { refuseConnection, refuseUrl } from './early-refusals.ts';
import { handleError, refuse } from './error-reply.ts';
import { addHealth, type Readiness } from './health.ts';
import { addJwks } from './jwks.ts';
import { addMetadata } from './metadata.ts';
import { mountOAuth } from './oauth-mount.ts';
import { addOpenApi } from './openapi.ts';
import { observeRequests } from './observe-requests.ts';
import { isForbiddenOrigin, ownOrigins } from './origin-check.ts';
import { addPages } from './pages.ts';
import { createRequestIds } from './request-id.ts';
import { RequestLog } from './request-log.ts';
import { schemaCompilers } from './schema-compilers.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { mountTrpc } from './trpc-mount.ts';

export interface HttpOptions {
  deps: Deps;
  publicUrl: string;
  secure: boolean;
  trustProxy: string[];
  allowedOrigins: string[];
  readiness: Readiness;
  plainCalls: boolean;
  /** Undefined: the operator has loaded no SDK for traces. */
  tracing: Tracing | undefined;
  /** Only on one's own machine, see dev-mailbox.ts. */
  mailbox: LocalMailbox | undefined;
  settings: ClientSettings;
  /** Folder of the built client; left out where something else serves the pages. */
  clientFolder?: string | undefined;
}

/** Slow or oversized requests are cut off: a connection is a resource that a stranger holds (CWE-400). */
const BOUNDS = {
  bodyLimit: 64 * 1024,
  requestTimeout: 30_000,
  connectionTimeout: 60_000,
  keepAliveTimeout: 72_000,
  http: { headersTimeout: 15_000, maxHeaderSize: 16 * 1024 },
};

/** The whole outside of the server, not yet listening. */
export async function createHttpServer(options: HttpOptions): Promise<FastifyInstance> {
  const { deps, secure, plainCalls } = options;
  const app: FastifyInstance = Fastify({
    ...BOUNDS,
    childLoggerFactory: (_log, bindings, options) => new RequestLog(deps.log, bindings, options),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustProxy.length > 0 ? options.trustProxy : false,
    requestIdHeader: false,
    genReqId: createRequestIds(options.trustProxy),
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 2000 },
    schemaController: { compilersFactory: schemaCompilers },
    frameworkErrors: (_error, _request, reply) => refuseUrl(reply),
    clientErrorHandler: refuseConnection,
    // While draining, a call on an open connection is served like any other; Fastify's own 503 has no reason.
    return503OnClosing: false,
  });
  // Not as an option: Fastify would wait for the end of each answer, which observeRequests does where somebody wants to know.
  app.log = deps.log;
  app.setErrorHandler(handleError);
  observeRequests(app, { log: deps.log, observer: deps.observer, tracing: options.tracing });
  closeWhenDraining(app, options.readiness);
  addSecurityHeaders(app, { secure });
  await app.register(cookie);
  answerOrigins(app, new Set(options.allowedOrigins));
  offerNonces(app, deps);
  refuseForeignOrigins(app, new Set([...ownOrigins(options.publicUrl), ...options.allowedOrigins]));
  addHealth(app, options.readiness);
  addJwks(app, deps.keys);
  addMetadata(app, deps);
  addOpenApi(app, deps);
  await app.register((scope) => mountTrpc(scope, { deps, secure, plainCalls }), { prefix: '/trpc' });
  await app.register((scope) => mountOAuth(scope, { deps }), { prefix: '/oauth' });
  if (options.mailbox) await addDevMailbox(app, options.mailbox);
  if (options.clientFolder !== undefined)
    await addPages(app, { folder: options.clientFolder, settings: options.settings });
  else app.setNotFoundHandler((_request, reply) => refuse(reply, 'not_found'));
  return app;
}

function refuseForeignOrigins(app: FastifyInstance, trusted: ReadonlySet<string>): void {
  // Thrown, so that each part of the server refuses in its own words.
  app.addHook('onRequest', (request, _reply, done) => {
    if (isForbiddenOrigin(request, trusted)) throw new Failure('forbidden_origin');
    done();
  });
}

/** RFC 9449 §8.2: whoever proves a key is given the nonce of its next proof with every answer. */
function offerNonces(app: FastifyInstance, { dpop }: Deps): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (request.headers['dpop'] !== undefined) reply.header('DPoP-Nonce', dpop.nonce());
    done();
  });
}

/** Node keeps a connection open after the answer: a drain would wait for its time-out, and give up before it. */
function closeWhenDraining(app: FastifyInstance, readiness: Readiness): void {
  // oxlint-disable-next-line max-params -- Fastify's signature of a hook that makes no promise
  app.addHook('onSend', ({ raw: { socket } }, reply, payload, done) => {
    if (readiness.draining()) reply.header('Connection', 'close');
    // The head of a stream leaves long before its end, and says otherwise.
    else if (isStream(payload))
      reply.raw.once('finish', () => {
        if (readiness.draining()) socket.destroySoon();
      });
    done();
  });
}

function isStream(payload: unknown): boolean {
  return typeof payload === 'object' && payload !== null && !Buffer.isBuffer(payload);
}
