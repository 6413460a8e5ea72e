import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { TRPCError } from '@trpc/server';
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify';
import type { Deps } from '../flows/deps.ts';
import { Failure } from '../lib/failure.ts';
import type { Context } from '../trpc/context.ts';
import { reasonOf } from '../trpc/errors.ts';
import { appRouter, type AppRouter } from '../trpc/router.ts';
import { hasDuplicateKeys } from './duplicate-keys.ts';
import { refuse } from './error-reply.ts';
import { refreshCookieOf } from './refresh-cookie.ts';

const MAX_BATCH_SIZE = 10;

/** The header is stored with the session; no real browser sends more. */
const MAX_USER_AGENT = 200;

export async function mountTrpc(app: FastifyInstance, { deps, secure }: { deps: Deps; secure: boolean }) {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('Cache-Control', 'no-store');
  });

  app.addHook('preParsing', async (request, reply) => {
    return isReadable(request) ? undefined : refuse(reply, 'validation', 415);
  });
  app.addHook('preValidation', async ({ body }, reply) => {
    return typeof body === 'string' && isMalformed(body) ? refuse(reply, 'validation') : undefined;
  });

  const trpcOptions: FastifyTRPCPluginOptions<AppRouter>['trpcOptions'] = {
    router: appRouter,
    maxBatchSize: MAX_BATCH_SIZE,
    createContext: ({ req, res }) => createContext(deps, { request: req, reply: res, secure }),
    responseMeta: ({ errors }) => ({ headers: headersFor(errors) }),
    onError({ error, req, path }) {
      if (reasonOf(error) === 'internal') req.log.error({ err: error, path }, 'procedure failed');
    },
  };
  await app.register(fastifyTRPCPlugin, { prefix: '', trpcOptions });
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
  deps: Deps,
  { request, reply, secure }: { request: FastifyRequest; reply: FastifyReply; secure: boolean },
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

/** What the status alone cannot say: how to authenticate (RFC 6750 §3), and when to come back (RFC 9110 §10.2.3). */
function headersFor(errors: readonly TRPCError[]): Record<string, string> {
  const failures = errors.map(({ cause }) => cause).filter((cause) => cause instanceof Failure);
  const waits = failures.map(({ retryAfter }) => retryAfter ?? 0);
  const challenge = failures.map(challengeOf).find((text) => text !== undefined);
  return {
    ...(Math.max(0, ...waits) > 0 && { 'Retry-After': String(Math.max(...waits)) }),
    ...(challenge !== undefined && { 'WWW-Authenticate': challenge }),
  };
}

function challengeOf({ reason }: Failure): string | undefined {
  switch (reason) {
    case 'token_missing':
      return 'Bearer';
    case 'token_invalid':
    case 'token_expired':
    case 'session_revoked':
      return 'Bearer error="invalid_token"';
    case 'insufficient_scope':
      return 'Bearer error="insufficient_scope"';
    default:
      return undefined;
  }
}
