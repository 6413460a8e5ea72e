import { useDeferredValue, useMemo } from 'react';
import type { PolicyContext } from '../../../shared/password-policy.ts';
import { judgeStrength, type JudgedStrength } from './judge-strength.ts';

/** Judges while somebody types, a moment behind: an estimate takes milliseconds that no key should wait for. */
export function useStrength(
  password: string,
  { minLength, email, name, estimateStrength }: PolicyContext,
): JudgedStrength {
  const judged = useDeferredValue(password);
  return useMemo(
    () => judgeStrength(judged, { minLength, email, name, estimateStrength }),
    [judged, minLength, email, name, estimateStrength],
  );
}
