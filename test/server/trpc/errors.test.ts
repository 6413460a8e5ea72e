import { getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../server/lib/failure.ts';
import { messageOf, reasonOf, TRPC_CODES } from '../../../server/trpc/errors.ts';
import { errorDataSchema, REASONS } from '../../../shared/reasons.ts';
import { errorShapeOf } from '../../support/error-shape.ts';
import { hideTable } from '../../support/refused-writes.ts';
import { createWorld } from '../../support/world.ts';

const SECRET_INPUT = 'hunter2-typed-into-the-wrong-field';

describe('an error that a caller is sent', () => {
  test('has exactly the fields of the contract', async () => {
    const { api } = (await createWorld()).visitor();
    const wrong = await errorShapeOf(api.auth.login({ email: 'ada@example.com', password: 'wrong' }));
    expect(wrong).toEqual({
      message: 'The e-mail address or the password is wrong.',
      code: expect.any(Number),
      data: {
        code: 'UNAUTHORIZED',
        httpStatus: 401,
        path: 'auth.login',
        reason: 'invalid_credentials',
        requestId: 'none',
      },
    });
  });

  test('names the field and the fault, and never the value', async () => {
    const { api } = (await createWorld()).visitor();
    const shape = await errorShapeOf(api.auth.login({ email: SECRET_INPUT, password: '' }));
    expect(shape.data).toEqual({
      code: 'BAD_REQUEST',
      httpStatus: 400,
      path: 'auth.login',
      reason: 'validation',
      requestId: 'none',
      issues: [
        {
          path: ['email'],
          code: 'invalid_format',
          message: 'Enter an e-mail address, like name@example.com.',
        },
        { path: ['password'], code: 'too_small', message: 'Enter a password.' },
      ],
    });
    expect(JSON.stringify(shape)).not.toContain(SECRET_INPUT);
  });

  test('echoes no password that is refused', async () => {
    const { api } = (await createWorld()).visitor();
    const weak = await errorShapeOf(api.auth.register({ email: 'ada@example.com', password: 'password' }));
    expect(weak.data).toMatchObject({
      reason: 'weak_password',
      httpStatus: 422,
      issues: [{ path: ['password'], code: 'too_short', message: 'Use at least 15 characters.' }],
    });
    const unusable = await errorShapeOf(
      api.auth.register({ email: 'ada@example.com', password: `${SECRET_INPUT}\ud800` }),
    );
    expect(JSON.stringify(unusable)).not.toContain(SECRET_INPUT);
  });

  test('that nobody meant to send is opaque: no message, no stack, no cause', async () => {
    const { app, visitor } = await createWorld();
    await hideTable(app.deps.db, 'accounts');
    const shape = await errorShapeOf(
      visitor().api.auth.login({ email: 'ada@example.com', password: SECRET_INPUT }),
    );
    expect(shape).toEqual({
      message: 'Something went wrong on our side.',
      code: expect.any(Number),
      data: {
        code: 'INTERNAL_SERVER_ERROR',
        httpStatus: 500,
        path: 'auth.login',
        reason: 'internal',
        requestId: 'none',
      },
    });
  });

  test('carries nothing that a Failure was caused by', async () => {
    const cause = new Failure('token_invalid', { cause: new Error('kid 7 of tenant 3 is not ours') });
    const error = new TRPCError({ code: 'UNAUTHORIZED', cause });
    expect(JSON.stringify(await errorShapeOf(Promise.reject(error)))).not.toContain('tenant');
  });
});

describe('every reason', () => {
  test.each(REASONS)('%s has a status that fits it and a sentence that says no more', async (reason) => {
    const error = new TRPCError({ code: TRPC_CODES[reason], cause: new Failure(reason) });
    const { data, message } = await errorShapeOf(Promise.reject(error));
    expect(errorDataSchema.parse(data)).toEqual(data);
    expect(data.reason).toBe(reason);
    expect(message).toBe(messageOf(reason));
    expect(message).toMatch(/^[A-Z].*\.$/);
    expect(data.httpStatus >= 500).toBe(['internal', 'busy'].includes(reason));
  });

  test.each([
    ['PARSE_ERROR', 'validation'],
    ['BAD_REQUEST', 'validation'],
    ['NOT_FOUND', 'not_found'],
    ['METHOD_NOT_SUPPORTED', 'validation'],
    ['UNSUPPORTED_MEDIA_TYPE', 'validation'],
    ['PAYLOAD_TOO_LARGE', 'validation'],
    ['TOO_MANY_REQUESTS', 'throttled'],
    ['INTERNAL_SERVER_ERROR', 'internal'],
    ['GATEWAY_TIMEOUT', 'internal'],
  ] satisfies [TRPC_ERROR_CODE_KEY, string][])('%s, which tRPC itself throws, is %s', (code, reason) => {
    expect(reasonOf(new TRPCError({ code }))).toBe(reason);
  });

  test('of anything else that can be thrown is internal', () => {
    for (const thrown of [
      new Error('x'),
      new TypeError('x'),
      'text',
      undefined,
      null,
      { reason: 'conflict' },
    ])
      expect(reasonOf(getTRPCErrorFromUnknown(thrown))).toBe('internal');
  });
});
