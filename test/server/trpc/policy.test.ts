import { initTRPC } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { requirePolicies } from '../../../server/trpc/policies.ts';
import { appRouter } from '../../../server/trpc/router.ts';
import { ALL_SCOPES } from '../../../shared/scopes.ts';

interface ProcedureDefinition {
  type: string;
  meta?: { policy?: string };
  output?: unknown;
}

// Boundary: at run time tRPC keeps every procedure here under its whole path; its types show the nested router.
const definitions = appRouter._def.procedures as unknown as Record<string, { _def: ProcedureDefinition }>;
const procedures = Object.entries(definitions).map(([path, { _def }]) => [path, _def] as const);

const pathsWith = (policy: string) =>
  procedures.filter(([, { meta }]) => meta?.policy === policy).map(([path]) => path);

describe('who may call what', () => {
  test('these procedures and no others are public; to add one is a decision, made here too', () => {
    expect(pathsWith('public').toSorted()).toEqual([
      'auth.login',
      'auth.logout',
      'auth.refresh',
      'auth.register',
      'email.confirmChange',
      'email.revertChange',
      'email.verify',
      'password.forgot',
      'password.reset',
    ]);
  });

  test('every procedure declares its policy: public, first party, session or a scope of the registry', () => {
    const policies = ['public', 'first_party', 'session', ...ALL_SCOPES];
    for (const [path, { meta }] of procedures) expect(policies, path).toContain(meta?.policy);
  });

  test('reading needs profile:read, changing needs profile:write', () => {
    expect(pathsWith('profile:read')).toEqual(['auth.me']);
    expect(pathsWith('profile:write')).toEqual(['account.updateProfile']);
  });

  test('what is about the account itself is for tokens of our own pages, and nothing else is', () => {
    expect(pathsWith('first_party').toSorted()).toEqual([
      'account.activity',
      'account.changeEmail',
      'account.changePassword',
      'account.delete',
      'account.export',
      'email.sendVerification',
      'notices.dismiss',
      'notices.list',
      'sessions.list',
      'sessions.live',
      'sessions.revoke',
      'sessions.revokeOthers',
    ]);
  });

  test('every procedure declares what it answers, so that a new column is never sent by accident', () => {
    for (const [path, { output }] of procedures) expect(output, path).toHaveProperty('parseAsync');
  });

  test('nothing that changes something can be called with GET', () => {
    const queries = procedures.filter(([, { type }]) => type === 'query').map(([path]) => path);
    expect(queries.toSorted()).toEqual([
      'account.activity',
      'account.export',
      'auth.me',
      'notices.list',
      'sessions.list',
    ]);
    const streams = procedures.filter(([, { type }]) => type === 'subscription').map(([path]) => path);
    expect(streams).toEqual(['sessions.live']);
  });
});

describe('the start', () => {
  const whoever = initTRPC.create().procedure.query(() => 'anything');
  test.each([
    ['says nothing', whoever],
    [
      'says what there is not',
      initTRPC
        .meta<object>()
        .create()
        .procedure.meta({ policy: 'admin' })
        .query(() => 1),
    ],
  ])('fails at a procedure that %s of who may call it', (_what, procedure) => {
    expect(() => requirePolicies(new Map([['auth.stray', procedure]]))).toThrow(
      'auth.stray declares no policy',
    );
  });
});
