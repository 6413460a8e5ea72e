import { describeFailure } from './describe-failure.ts';
import { readFailure } from './failure.ts';
import { useOnline } from './online.ts';

/** What to tell the person about what a call threw; nothing when it threw nothing. */
export function useFailureWords(error: unknown): string | undefined {
  const online = useOnline();
  return error ? describeFailure(readFailure(error), { online }) : undefined;
}
