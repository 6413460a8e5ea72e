import type { TRPCError } from '@trpc/server';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Reason } from '../../shared/reasons.ts';
import type { Deps } from '../flows/deps.ts';
import { reasonOf, rememberRequest } from '../trpc/errors.ts';
import { appRouter, procedureTypes } from '../trpc/router.ts';
import { refuse } from './error-reply.ts';
import { schemeOf } from '../oauth/challenge.ts';
import { readCredentials } from './credentials.ts';
import { failureHeaders } from './failure-headers.ts';
import { isReadable, isStrictJson, readJsonBodies } from './json-body.ts';
import { answerPlainCall, readPlainCall, type PlainCall } from './plain-call.ts';
import { createContext } from './trpc-context.ts';

const METHODS = ['GET', 'HEAD', 'POST'];

const MAX_BATCH_SIZE = 10;

/** What tRPC's adapter names, and what CORS answers by. */
const VARY = 'trpc-accept, accept, Origin';

export interface TrpcMountOptions {
  deps: Deps;
  secure: boolean;
  /** False: every call takes tRPC's own adapter. */
  plainCalls: boolean;
}

type CallRequest = FastifyRequest<{ Params: { path: string }; Querystring: { input?: unknown } }>;

export async function mountTrpc(app: FastifyInstance, options: TrpcMountOptions): Promise<void> {
  readJsonBodies(app);
  app.addHook('onRequest', (request: CallRequest, reply, done) => {
    const obstacle = findObstacle(request);
    if (!obstacle) return done();
    // Answered: what follows does not run.
    refuse(reply.header('Allow', METHODS.join(', ')), ...obstacle);
  });
  app.all('/:path', (request: CallRequest, reply) => {
    const call = options.plainCalls ? readPlainCall(request, request.params.path) : undefined;
    return call ? answer(call, { request, reply, options }) : useAdapter({ request, reply, options });
  });
}

interface Exchange {
  request: CallRequest;
  reply: FastifyReply;
  options: TrpcMountOptions;
}

async function answer(call: PlainCall, { request, reply, options }: Exchange): Promise<string> {
  const { status, body, error } = await answerPlainCall(call, createContext(request, reply, options));
  reply.code(status).type('application/json; charset=utf-8').header('Vary', VARY);
  if (!error) return body;
  logInternal(error, request, call.path);
  reply.headers(failureHeaders([error], schemeOf(readCredentials(request), options.deps)));
  return body;
}

async function useAdapter({ request, reply, options }: Exchange): Promise<FastifyReply> {
  // What has come this far is JSON or nothing, and no answer depends on the host. The adapter refuses `Application/JSON` and
  // nothing without a type, and fails at a host that makes no URL; a plain call is answered.
  const { headers } = request.raw;
  headers.host = 'localhost';
  if (request.method === 'POST') headers['content-type'] = 'application/json';
  await fastifyRequestHandler({
    router: appRouter,
    path: request.params.path,
    req: request,
    res: reply,
    maxBatchSize: MAX_BATCH_SIZE,
    createContext: () => createContext(request, reply, options),
    responseMeta: ({ errors }) => ({
      // The adapter names no type for what it refuses before a procedure is found.
      headers: {
        ...(errors.length > 0 && { 'Content-Type': 'application/json' }),
        ...failureHeaders(errors, schemeOf(readCredentials(request), options.deps)),
        Vary: VARY,
      },
    }),
    onError({ error, path }) {
      rememberRequest(error, request.id);
      logInternal(error, request, path);
    },
  });
  return reply;
}

/** What tRPC's adapter would answer with a 500, with half of what was asked, or as if it had not seen it. */
function findObstacle(request: CallRequest): [Reason, number] | undefined {
  const { method, headers, query, params } = request;
  const isStream = procedureTypes.get(params.path) === 'subscription';
  if (!METHODS.includes(method) || (isStream && method === 'POST')) return ['validation', 405];
  if (!isReadable(request)) return ['validation', 415];
  // The adapter decodes the path a second time and throws at a stray percent sign; no procedure's name has one.
  if (params.path.includes('%')) return ['not_found', 404];
  if (!isReadableInput(query.input)) return ['validation', 400];
  // The head of a stream leaves before its calls have run: the cookie that they set would be lost.
  if (method === 'POST' && acceptsStream(headers)) return ['validation', 406];
  return undefined;
}

function acceptsStream(headers: FastifyRequest['headers']): boolean {
  return `${String(headers['trpc-accept'])},${headers.accept}`.includes('application/jsonl');
}

/** Absent, or JSON, and once: of two, a proxy in front may have read the other. */
function isReadableInput(input: unknown): boolean {
  return input === undefined || input === '' || (typeof input === 'string' && isStrictJson(input));
}

function logInternal(error: TRPCError, request: FastifyRequest, path: string | undefined): void {
  if (reasonOf(error) === 'internal') request.log.error({ err: error, path }, 'procedure failed');
}
