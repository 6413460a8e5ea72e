import { z } from 'zod';
import { FIRST_PARTY_CLIENT } from '../../../shared/oauth.ts';
import { SCOPES } from '../../../shared/scopes.ts';
import type { Meta } from '../../trpc/init.ts';
import { procedures } from '../../trpc/router.ts';
import { inputSchema, type JsonSchema } from './json-schema.ts';
import { json, refused, type Operation, type Paths } from './operation.ts';

interface Definition {
  type: 'query' | 'mutation' | 'subscription';
  inputs: z.ZodType[];
  output?: z.ZodType;
  meta: Meta;
}

/**
 * Every procedure as a plain call, read off the router: there is no second list to forget one in. Subscriptions are
 * left out: a stream has no one answer, and a page that tries one would wait for its end. docs/API.md has them.
 */
export function procedurePaths(): Paths {
  const paths: Paths = {};
  for (const [name, procedure] of procedures) {
    // Boundary: tRPC's types leave out the output and what meta is; test/server/trpc/policy.test.ts holds it to both.
    const definition = procedure._def as unknown as Definition;
    if (definition.type === 'query') paths[`/trpc/${name}`] = { get: query(name, definition) };
    if (definition.type === 'mutation') paths[`/trpc/${name}`] = { post: mutation(name, definition) };
  }
  return paths;
}

function query(name: string, definition: Definition): Operation {
  const schema = inputOf(definition);
  const content = schema && { 'application/json': { schema } };
  return {
    ...common(name, definition),
    ...(content && { parameters: [{ name: 'input', in: 'query', required: true, content }] }),
  };
}

function mutation(name: string, definition: Definition): Operation {
  const schema = inputOf(definition);
  const content = schema && { 'application/json': { schema } };
  return { ...common(name, definition), ...(content && { requestBody: { required: true, content } }) };
}

/** Of several, a call must satisfy each. */
function inputOf({ inputs }: Definition): JsonSchema | undefined {
  const [first, ...more] = inputs.map((input) => inputSchema(input));
  return first && more.length > 0 ? { allOf: [first, ...more] } : first;
}

function common(name: string, { meta, output = z.unknown() }: Definition) {
  return {
    operationId: name,
    tags: [name.slice(0, name.indexOf('.'))] as [string],
    ...describe(meta),
    responses: {
      200: json('Done.', z.object({ result: z.object({ data: output }) })),
      ...refused('ProcedureError'),
    },
  };
}

function describe({ policy, summary }: Meta): Pick<Operation, 'summary' | 'description' | 'security'> {
  const { summary: who, security } = whoMayCall(policy);
  return summary === undefined ? { summary: who, security } : { summary, description: `${who}.`, security };
}

function whoMayCall(policy: Meta['policy']): Pick<Operation, 'summary' | 'security'> {
  const anyToken = [{ person: [] }, { token: [] }];
  switch (policy) {
    case 'public':
      return { summary: 'Open to everybody', security: [] };
    case 'session':
    case undefined:
      return { summary: 'For every access token', security: anyToken };
    case 'first_party':
      return { summary: `For access tokens of the client ${FIRST_PARTY_CLIENT}`, security: anyToken };
    default:
      return { summary: `${SCOPES[policy]} (${policy})`, security: [{ person: [policy] }, { token: [] }] };
  }
}
