import { z } from 'zod';
import { procedures } from '../../server/trpc/router.ts';

/** Of every procedure, by its full name, the fields of its input: off the router, so that none is forgotten. */
export const procedureFields: ReadonlyMap<string, readonly string[]> = new Map(
  [...procedures].map(([path, { _def }]) => {
    // Boundary: tRPC's types leave out what a procedure takes.
    const { inputs } = _def as unknown as { inputs: z.ZodType[] };
    return [path, inputs.flatMap((input) => fieldsOf(path, input))];
  }),
);

function fieldsOf(path: string, input: z.ZodType): string[] {
  if (!(input instanceof z.ZodObject)) throw new Error(`the input of ${path} is no object`);
  return Object.keys(input.shape);
}
