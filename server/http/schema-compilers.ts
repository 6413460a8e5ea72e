import { createRequire } from 'node:module';
import type { FastifyServerOptions } from 'fastify';

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>;
type Factories = Required<NonNullable<SchemaController['compilersFactory']>>;
type Build = (...args: unknown[]) => unknown;

const requireAsFastify = createRequire(createRequire(import.meta.url).resolve('fastify'));

/**
 * Fastify's own compilers of JSON schemas, loaded for the first route that has one. None of ours has, since what comes in is
 * checked with Zod, and to load them took a tenth of the time to the first answer. Fastify takes them for somebody else's: in a
 * schema for headers, names must be written in lower case, as it no longer does that.
 */
export const schemaCompilers = {
  buildValidator: whenWanted('@fastify/ajv-compiler'),
  buildSerializer: whenWanted('@fastify/fast-json-stringify-compiler'),
} as Factories;

function whenWanted(name: string): Build {
  let build: Build | undefined;
  return (...args) => {
    // Boundary: both packages export what makes the factory, of which Fastify has one for a whole server.
    build ??= (requireAsFastify(name) as () => Build)();
    return build(...args);
  };
}
