import { describe, expect, test } from 'vitest';
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
    ]);
  });

  test('every procedure declares its policy: public, session or a scope of the registry', () => {
    const policies = ['public', 'session', ...ALL_SCOPES];
    for (const [path, { meta }] of procedures) expect(policies, path).toContain(meta?.policy);
  });

  test('reading needs profile:read, changing needs profile:write', () => {
    expect(pathsWith('profile:read')).toEqual(['auth.me']);
    expect(pathsWith('profile:write')).toEqual(['account.updateProfile']);
  });

  test('what is about the session itself every token may do, and nothing else', () => {
    expect(pathsWith('session').toSorted()).toEqual([
      'account.changePassword',
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
    expect(queries.toSorted()).toEqual(['auth.me', 'notices.list', 'sessions.list']);
    const streams = procedures.filter(([, { type }]) => type === 'subscription').map(([path]) => path);
    expect(streams).toEqual(['sessions.live']);
  });
});
