import { TRPCError } from '@trpc/server';
import { reasonOf } from '../../server/trpc/errors.ts';
import { Failure } from '../../server/lib/failure.ts';

/** The reason with which a call fails, or 'succeeded': the usual subject of an assertion. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'succeeded';
  } catch (error) {
    if (error instanceof TRPCError) return reasonOf(error);
    if (error instanceof Failure) return error.reason;
    throw error;
  }
}
