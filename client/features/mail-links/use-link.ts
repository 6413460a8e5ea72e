import { useMutation } from '@tanstack/react-query';
import { trpc } from '../../lib/api/trpc.ts';
import { readFailure, type Failure } from '../../lib/failure.ts';
import { useSession } from '../../lib/session/session-context.tsx';
import { useFailureWords } from '../../lib/use-failure-words.ts';

/** It was used, has run out, was cancelled, or was not copied whole: the server does not say which. */
export function isGone({ reason, issues }: Failure): boolean {
  return reason === 'token_invalid' || issues.some(({ path }) => path[0] === 'token');
}

export interface Redemption<Result> {
  redeem: () => void;
  pending: boolean;
  /** What the server has answered. */
  result: Result | undefined;
  /** It cannot be used any more, and why not: `taken` when another account has the address by now. */
  dead: 'gone' | 'taken' | undefined;
  /** Anything else that went wrong, in words: another try may help. */
  error: string | undefined;
}

/** What a link from a mail does, once and only when it is told to. */
export function useLink<Result>(call: () => Promise<Result>): Redemption<Result> {
  const catchUp = useCatchUp();
  const { mutate, isPending, data, error } = useMutation({ mutationFn: call, onSuccess: catchUp });
  const words = useFailureWords(error);
  const dead = error ? causeOfDeath(readFailure(error)) : undefined;
  return { redeem: () => mutate(), pending: isPending, result: data, dead, error: dead ? undefined : words };
}

function causeOfDeath(failure: Failure): Redemption<unknown>['dead'] {
  if (isGone(failure)) return 'gone';
  return failure.reason === 'conflict' ? 'taken' : undefined;
}

/** Whoever is signed in here may have another address since, or be signed out: every tab shows it at once. */
export function useCatchUp(): () => void {
  const session = useSession();
  const { client } = trpc.useUtils();
  const ask = async (): Promise<void> => {
    if (session.getState().status !== 'signed_in') return;
    try {
      session.updateUser(await client.auth.me.query());
    } catch {
      // The end of the session has been noted on the way; anything else shows at the next call.
    }
  };
  return () => void ask();
}
