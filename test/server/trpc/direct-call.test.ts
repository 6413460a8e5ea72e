import { initTRPC, type AnyTRPCProcedure } from '@trpc/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Failure } from '../../../server/lib/failure.ts';
import type { Context } from '../../../server/trpc/context.ts';
import { directCallOf } from '../../../server/trpc/direct-call.ts';
import { protectedProcedure, publicProcedure, scopedProcedure } from '../../../server/trpc/init.ts';
import { directCalls, procedures, procedureTypes } from '../../../server/trpc/router.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { createWorld } from '../../support/world.ts';

const inputSchema = z.object({ n: z.number() });
const outputSchema = z.object({ n: z.number() });

async function contextOf(): Promise<Context> {
  const { visitor } = await createWorld();
  const ada = visitor();
  await ada.register();
  return ada.context;
}

test('every procedure of the server is called directly, but for streams', () => {
  const plain = [...procedures.keys()].filter((path) => procedureTypes.get(path) !== 'subscription');
  expect(plain.length).toBeGreaterThan(20);
  expect([...directCalls.keys()]).toEqual(plain);
});

const good = publicProcedure.input(inputSchema).output(outputSchema);

const called = good.experimental_caller(async () => ({ n: 1 })).query(({ input }) => input);

test.each<[string, AnyTRPCProcedure]>([
  ['that has a middleware of its own', good.use(({ next }) => next()).query(({ input }) => input)],
  [
    'whose middleware stands first',
    publicProcedure
      .use(({ next }) => next())
      .output(outputSchema)
      .query(() => ({ n: 1 })),
  ],
  ['that promises no output', publicProcedure.query(() => 1)],
  ['that takes two inputs', good.input(z.object({ m: z.number() })).query(({ input }) => input)],
  [
    'with two guards',
    protectedProcedure
      .concat(scopedProcedure('profile:read'))
      .output(outputSchema)
      .query(() => ({ n: 1 })),
  ],
  [
    'whose input no schema reads',
    publicProcedure
      .input(String)
      .output(outputSchema)
      .query(() => ({ n: 1 })),
  ],
  ['whose output no schema reads', publicProcedure.output(String).query(() => 'text')],
  // Boundary: its type is that of the function which its caller makes of it.
  ['that something else calls', called as unknown as AnyTRPCProcedure],
  [
    'that was made past the guards',
    initTRPC
      .context<Context>()
      .create()
      .procedure.use(({ next }) => next())
      .output(outputSchema)
      .query(() => ({ n: 1 })),
  ],
])('a procedure %s goes the way that knows all of it', (_, procedure) => {
  expect(directCallOf(procedure)).toBeUndefined();
});

test('input and output are checked, also by what has to be waited for', async () => {
  const ctx = await contextOf();
  const late = z.object({ n: z.number().refine(async (n) => n < 10) });
  for (const schema of [inputSchema, late]) {
    const procedure = publicProcedure
      .input(schema)
      .output(schema)
      .query(({ input }) => ({ n: input.n * 2, secret: 'left out' }));
    const call = directCallOf(procedure);
    if (!call) throw new Error('not called directly');
    const ask = (input: unknown) => call({ path: 'some.where', type: 'query', ctx, input });
    expect(await ask({ n: 2 })).toEqual({ n: 4 });
    await expect(ask({ n: 'two' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    if (schema === late) {
      await expect(ask({ n: 12 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      await expect(ask({ n: 6 })).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    }
  }
});

test('what an input has to wait for is asked once, and may fail', async () => {
  const ctx = await contextOf();
  let asked = 0;
  const failing = z.object({
    n: z.number().refine(async () => {
      asked += 1;
      throw new Error('connection refused');
    }),
  });
  const call = directCallOf(
    publicProcedure
      .input(failing)
      .output(outputSchema)
      .query(({ input }) => input),
  );
  await expect(call?.({ path: 'some.where', type: 'query', ctx, input: { n: 1 } })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
  });
  expect(asked).toBe(1);
});

test('a call with a session has everything that its context has', async () => {
  const ctx = await contextOf();
  let seen: object = {};
  const procedure = protectedProcedure.output(outputSchema).query((options) => {
    seen = options.ctx;
    return { n: 1 };
  });
  await directCallOf(procedure)?.({ path: 'some.where', type: 'query', ctx, input: undefined });
  expect(seen).toEqual({ ...ctx, session: expect.objectContaining({ clientId: 'sallyport' }) });
});

test('the guard comes first, and what it finds is there for the procedure', async () => {
  const ctx = await contextOf();
  let calls = 0;
  const procedure = scopedProcedure('profile:read')
    .input(inputSchema)
    .output(z.string())
    .query(({ ctx: { session } }) => {
      calls += 1;
      return session.accountId;
    });
  const call = directCallOf(procedure);
  if (!call) throw new Error('not called directly');
  const ask = (from: Context, input: unknown = { n: 1 }) =>
    call({ path: 'some.where', type: 'query', ctx: from, input });
  const nobody: Context = { ...ctx, credentials: { token: undefined } };
  expect(await outcomeOf(ask(nobody, 'no input'))).toBe('token_missing');
  expect(await outcomeOf(ask({ ...ctx, credentials: { token: 'none' } }))).toBe('token_invalid');
  expect(calls).toBe(0);
  const [once, again] = [await ask(ctx), await ask(ctx)];
  expect([once, again, calls]).toEqual([expect.stringMatching(/^[\da-f-]{36}$/), once, 2]);
});

test('a failure has its status, and whatever else is thrown none', async () => {
  const ctx = await contextOf();
  const failing = (thrown: unknown) =>
    directCallOf(
      publicProcedure.output(outputSchema).query(() => {
        throw thrown;
      }),
    )?.({ path: 'some.where', type: 'query', ctx, input: undefined });
  await expect(failing(new Failure('conflict'))).rejects.toMatchObject({ code: 'CONFLICT' });
  const fault = new Error('disk I/O error');
  await expect(failing(fault)).rejects.toBe(fault);
});
