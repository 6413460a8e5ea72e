import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import type { ErrorData, Reason } from '../../shared/reasons.ts';
import { Failure } from '../lib/failure.ts';
import { messageOf, TRPC_CODES } from '../trpc/errors.ts';

/** The envelope of a tRPC error, for what fails before tRPC is reached, so that clients read only one shape. */
export function errorBody(reason: Reason, { requestId, status }: { requestId: string; status?: number }) {
  const code = TRPC_CODES[reason];
  const httpStatus = status ?? getHTTPStatusCodeFromError(new TRPCError({ code }));
  const data: ErrorData = { code, httpStatus, reason, requestId };
  return { error: { message: messageOf(reason), code: TRPC_ERROR_CODES_BY_KEY[code], data } };
}

export function refuse(reply: FastifyReply, reason: Reason, status?: number): FastifyReply {
  const body = errorBody(reason, { requestId: reply.request.id, ...(status !== undefined && { status }) });
  return reply.code(body.error.data.httpStatus).type('application/json').send(body);
}

/** Fastify's own refusals (oversized body, wrong media type, bad URL) keep their 4xx; the rest is a 500. */
export function handleError(
  error: FastifyError | Failure,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof Failure) return refuse(reply, error.reason);
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return refuse(reply, 'validation', status);
  request.log.error({ err: error }, 'request failed');
  return refuse(reply, 'internal');
}
