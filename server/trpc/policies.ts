import type { AnyTRPCProcedure } from '@trpc/server';
import { ALL_SCOPES } from '../../shared/scopes.ts';

const POLICIES: readonly unknown[] = ['public', 'first_party', 'session', ...ALL_SCOPES];

/**
 * Stops the start at a procedure that does not say who may call it. Every builder of init.ts does; one that was made past
 * them would be open to everybody without anybody having decided it.
 */
export function requirePolicies(procedures: ReadonlyMap<string, AnyTRPCProcedure>): void {
  for (const [path, { _def }] of procedures) {
    // Boundary: tRPC types the meta of any procedure as unknown.
    const { policy } = (_def.meta ?? {}) as { policy?: unknown };
    if (!POLICIES.includes(policy))
      throw new Error(
        `${path} declares no policy: make it with one of the procedures of server/trpc/init.ts`,
      );
  }
}
