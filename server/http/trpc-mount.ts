import type { TRPCError } from '@trpc/server';
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Reason } from '../../shared/reasons.ts';
import type { Deps } from '../flows/deps.ts';
import type { Context } from '../trpc/context.ts';
import { reasonOf } from '../trpc/errors.ts';
import { appRouter, type AppRouter } from '../trpc/router.ts';
import { hasDuplicateKeys } from './duplicate-keys.ts';
import { refuse } from './error-reply.ts';
import { failureHeaders } from './failure-headers.ts';
import { answerPlainCall, readPlainCall } from './plain-call.ts';
import { refreshCookieOf } from './refresh-cookie.ts';

const MAX_BATCH_SIZE = 10;

const METHODS = ['GET', 'HEAD', 'POST'];

/** The header is stored with the session; no real browser sends more. */
const MAX_USER_AGENT = 200;

export interface TrpcMountOptions {
  deps: Deps;
  secure: boolean;
  /** False: every call takes tRPC's own adapter, which the tests compare with. */
  plainCalls?: boolean;
}

export async function mountTrpc(app: FastifyInstance, options: TrpcMountOptions): Promise<void> {
  app.addHook<{ Params: { path: string } }>('onRequest', async (request, reply) => {
    reply.header('Cache-Control', 'no-store');
    const obstacle = findObstacle(request, request.params.path);
    return obstacle && refuse(reply.header('Allow', METHODS.join(', ')), ...obstacle);
  });
  app.addHook('preParsing', async (request, reply) => {
    return isReadable(request) ? undefined : refuse(reply, 'validation', 415);
  });
  app.addHook('preValidation', async ({ body }, reply) => {
    return typeof body === 'string' && isMalformed(body) ? refuse(reply, 'validation') : undefined;
  });
  if (options.plainCalls ?? true) answerPlainCalls(app, options);
  await useAdapter(app, options);
}

function answerPlainCalls(app: FastifyInstance, options: TrpcMountOptions): void {
  app.addHook<{ Params: { path: string } }>('preHandler', async (request, reply) => {
    const call = readPlainCall(request, request.params.path);
    if (!call) return undefined;
    const { status, body, error } = await answerPlainCall(call, createContext(request, reply, options));
    reply.header('Vary', 'trpc-accept, accept').code(status).type('application/json');
    if (!error) return reply.send(body);
    logInternal(error, request, call.path);
    return reply.headers(failureHeaders([error])).send(body);
  });
}

async function useAdapter(app: FastifyInstance, options: TrpcMountOptions): Promise<void> {
  const trpcOptions: FastifyTRPCPluginOptions<AppRouter>['trpcOptions'] = {
    router: appRouter,
    maxBatchSize: MAX_BATCH_SIZE,
    createContext: ({ req, res }) => createContext(req, res, options),
    responseMeta: ({ errors }) => ({
      // The adapter names no type for what it refuses before a procedure is found.
      headers: {
        ...(errors.length > 0 && { 'Content-Type': 'application/json' }),
        ...failureHeaders(errors),
      },
    }),
    onError: ({ error, req, path }) => logInternal(error, req, path),
  };
  await app.register(fastifyTRPCPlugin, { prefix: '', trpcOptions });
}

/** What tRPC's adapter would answer with a 500, or less well than it should. */
function findObstacle({ method, headers }: FastifyRequest, path: string): [Reason, number] | undefined {
  if (!METHODS.includes(method)) return ['validation', 405];
  // The adapter decodes the path a second time and throws at a stray percent sign; no procedure's name has one.
  if (path.includes('%')) return ['not_found', 404];
  // The adapter refuses these too, but without the request's id.
  if (path.split(',').length > MAX_BATCH_SIZE) return ['validation', 400];
  // The head of a stream leaves before its calls have run: the cookie that they set would be lost.
  const accept = `${String(headers['trpc-accept'])},${headers.accept}`;
  if (method === 'POST' && accept.includes('application/jsonl')) return ['validation', 406];
  return undefined;
}

/** JSON or nothing: forms and streams would reach a procedure past the limits that are set for JSON. */
function isReadable({ headers }: FastifyRequest): boolean {
  const type = headers['content-type'];
  return type === undefined || /^application\/json\s*(;|$)/i.test(type);
}

function isMalformed(body: string): boolean {
  if (body === '') return false;
  try {
    JSON.parse(body);
    return hasDuplicateKeys(body);
  } catch {
    return true;
  }
}

function createContext(
  request: FastifyRequest,
  reply: FastifyReply,
  { deps, secure }: TrpcMountOptions,
): Context {
  const userAgent = (request.headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT);
  return {
    deps,
    requestId: request.id,
    origin: { ip: request.ip, userAgent },
    bearerToken: readBearer(request.headers.authorization),
    refreshCookie: refreshCookieOf(request, reply, { secure }),
  };
}

/** RFC 6750 §2.1. Another scheme is no bearer token at all; whatever follows `Bearer` is one, if only a bad one. */
function readBearer(header: string | undefined): string | undefined {
  const match = /^Bearer(?: +(.*))?$/i.exec(header ?? '');
  return match ? (match[1] ?? '') : undefined;
}

function logInternal(error: TRPCError, request: FastifyRequest, path: string | undefined): void {
  if (reasonOf(error) === 'internal') request.log.error({ err: error, path }, 'procedure failed');
}
