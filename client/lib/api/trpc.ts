import { createTRPCReact, type CreateTRPCReact } from '@trpc/react-query';
import type { AppRouter } from '../../../server/trpc/router.ts';

/** Every procedure as a hook: `trpc.account.updateProfile.useMutation()`. For screens of a signed-in person. */
export const trpc: CreateTRPCReact<AppRouter, unknown> = createTRPCReact<AppRouter>();
