import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What a caller sends: before trimming, lowering and the like. */
export function inputSchema(schema: z.ZodType): JsonSchema {
  return toJsonSchema(schema, 'input');
}

/** What is answered. */
export function outputSchema(schema: z.ZodType): JsonSchema {
  return toJsonSchema(schema, 'output');
}

/** A check that JSON Schema has no words for is left out: the document may say less than the endpoint asks, never more. */
function toJsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema, path }) {
      if (jsonSchema.format !== undefined || hasFlags(zodSchema)) {
        delete jsonSchema.pattern;
        delete jsonSchema.allOf;
      }
      // A whole number without limits gets those of JavaScript, which an example would show.
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.type === 'string' && SECRETS.has(path.at(-1))) jsonSchema.format = 'password';
    },
  });
  return rest;
}

/** Typed unseen in forms that are made from the document. */
const SECRETS: ReadonlySet<unknown> = new Set(['password', 'client_secret']);

/**
 * A `pattern` is the bare source of an expression, so it means something else without its flags: with `u`, the source
 * may not even be one (`\u{10ffff}`). One beside a `format` says the same once more.
 */
function hasFlags(schema: z.core.$ZodType): boolean {
  const checks = (schema instanceof z.ZodType && schema.def.checks) || [];
  return checks.some(({ _zod: { def } }) => 'pattern' in def && isFlagged(def.pattern));
}

function isFlagged(pattern: unknown): boolean {
  return pattern instanceof RegExp && pattern.flags !== '';
}
