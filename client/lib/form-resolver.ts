import './zod-without-eval.ts';
import { standardSchemaResolver } from '@hookform/resolvers/standard-schema';
import type { FieldValues, Resolver } from 'react-hook-form';
import type { z } from 'zod';

/** Validates a form with a schema; the form's `onSubmit` gets what the schema returns. */
export function formResolver<Values extends FieldValues>(
  schema: z.ZodType<Values, Values>,
): Resolver<Values> {
  return standardSchemaResolver(schema);
}
