import { expect, test } from 'vitest';
import { isPublic } from '../../../client/lib/api/public-procedures.ts';
import type { Meta } from '../../../server/trpc/init.ts';
import { appRouter } from '../../../server/trpc/router.ts';

test('the client waits for no session exactly where the server asks for none', () => {
  // At run time the record is flat; the types describe it as nested.
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { meta?: Meta } }>;
  for (const [path, { _def }] of Object.entries(procedures))
    expect(isPublic({ path }), path).toBe(_def.meta?.policy === 'public');
});
