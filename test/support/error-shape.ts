import { getTRPCErrorShape, TRPCError } from '@trpc/server';
import { appRouter } from '../../server/trpc/router.ts';

/**
 * What a caller over the wire is sent when this call fails; its request id is `none`, for there is no request.
 * Fails the test when the call succeeds.
 */
export async function errorShapeOf(call: Promise<unknown>, path = 'auth.login') {
  const error = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof TRPCError)) throw error;
  const config = appRouter._def._config;
  return getTRPCErrorShape({ config, error, path, type: 'mutation', input: undefined, ctx: undefined });
}
