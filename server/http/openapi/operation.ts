import type { z } from 'zod';
import { outputSchema, type JsonSchema } from './json-schema.ts';

type Content = Record<string, { schema: JsonSchema }>;
type Response = { description: string; content: Content } | { $ref: string };

/** As much of an OpenAPI 3.1 Operation Object as is used here. */
export interface Operation {
  operationId: string;
  tags: [string];
  summary: string;
  description?: string;
  /** Alternatives; an empty one means that none is needed. */
  security: Partial<Record<SecurityScheme, string[]>>[];
  parameters?: { name: string; in: 'query'; required: boolean; content: Content }[];
  requestBody?: { required: boolean; description?: string; content: Content };
  responses: Record<string, Response>;
}

export type Paths = Record<string, { get: Operation } | { post: Operation }>;

export type SecurityScheme = 'person' | 'token' | 'client';

export type ErrorResponse = 'ProcedureError' | 'OAuthError';

export function json(description: string, schema: z.ZodType) {
  return { description, content: { 'application/json': { schema: outputSchema(schema) } } };
}

export function refused(name: ErrorResponse): Record<string, Response> {
  return { default: { $ref: `#/components/responses/${name}` } };
}
