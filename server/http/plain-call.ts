import { callTRPCProcedure, getTRPCErrorFromUnknown, getTRPCErrorShape, type TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import type { FastifyRequest } from 'fastify';
import type { Context } from '../trpc/context.ts';
import type { DirectCall } from '../trpc/direct-call.ts';
import { appRouter, directCalls, procedureTypes, proceduresWithInput } from '../trpc/router.ts';

/** One procedure, called by its own method with JSON or nothing: no batch, no stream, no subscription. */
export interface PlainCall {
  path: string;
  type: 'query' | 'mutation';
  input: unknown;
}

export interface PlainAnswer {
  status: number;
  body: string;
  error?: TRPCError;
}

const config = appRouter._def._config;
const PROBE = {};
if (config.transformer.output.serialize(PROBE) !== PROBE)
  throw new Error('plain calls know no transformer: transform input and output in plain-call.ts too');

const METHODS = { query: 'GET', mutation: 'POST' } as const;

/**
 * Recognises the calls that tRPC's HTTP adapter would answer no differently, at a fifth of its cost: it makes a
 * Request, a Response and two streams for each. Undefined for everything else, errors included: that is the
 * adapter's. test/server/http/plain-call.test.ts holds both against each other.
 */
export function readPlainCall(request: FastifyRequest, path: string): PlainCall | undefined {
  const type = procedureTypes.get(path);
  if (type === undefined || type === 'subscription' || request.method !== METHODS[type]) return undefined;
  if (request.headers['trpc-accept'] !== undefined || request.headers.accept === 'application/jsonl')
    return undefined;
  // An input that is missing is the adapter's to complain of.
  const input = type === 'query' ? readQueryInput(request) : readBodyInput(request, path);
  return input && { path, type, input: input.value };
}

function readQueryInput({ url }: FastifyRequest): { value: unknown } | undefined {
  const start = url.indexOf('?');
  if (start < 0) return { value: undefined };
  const parameters = [...new URLSearchParams(url.slice(start))];
  const [only] = parameters;
  if (parameters.length !== 1 || only?.[0] !== 'input') return undefined;
  return parse(only[1]);
}

function readBodyInput({ url, body }: FastifyRequest, path: string): { value: unknown } | undefined {
  if (url.includes('?')) return undefined;
  if (body === undefined || body === '')
    return proceduresWithInput.has(path) ? undefined : { value: undefined };
  return typeof body === 'string' ? parse(body) : undefined;
}

function parse(json: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(json) };
  } catch {
    // Not JSON: the adapter says so in its own words.
    return undefined;
  }
}

/**
 * Never rejects: what was thrown becomes the error's body and status, and is handed back for the log. There is no transformer,
 * see above: what leaves is what JSON makes of it.
 */
export async function answerPlainCall({ path, type, input }: PlainCall, ctx: Context): Promise<PlainAnswer> {
  try {
    const call = directCalls.get(path) ?? callThroughChain;
    return {
      status: 200,
      body: JSON.stringify({ result: { data: await call({ path, type, ctx, input }) } }),
    };
  } catch (cause) {
    const error = getTRPCErrorFromUnknown(cause);
    const shape = getTRPCErrorShape({ config, error, type, path, input, ctx });
    return { status: getHTTPStatusCodeFromError(error), body: JSON.stringify({ error: shape }), error };
  }
}

const callThroughChain: DirectCall = ({ path, type, ctx, input }) =>
  callTRPCProcedure({
    router: appRouter,
    path,
    type,
    ctx,
    getRawInput: async () => input,
    signal: undefined,
    batchIndex: 0,
  });
