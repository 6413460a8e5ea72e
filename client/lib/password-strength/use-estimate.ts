import { useCallback, useRef, useState } from 'react';
import type { EstimateStrength } from '../../../shared/password-policy.ts';
import { loadEstimate } from './load-estimate.ts';

interface LazyEstimate {
  /** Undefined until it is there: judge by the other rules. */
  estimateStrength: EstimateStrength | undefined;
  /** For the password field's `onFocus`. Safe to call again: what has failed is tried anew. */
  load: () => void;
}

export function useEstimate(): LazyEstimate {
  const [estimateStrength, setEstimate] = useState<EstimateStrength>();
  const loading = useRef(false);
  const load = useCallback(() => {
    if (loading.current) return;
    loading.current = true;
    loadEstimate().then(
      (estimate) => setEstimate(() => estimate),
      // No fault of the person's, and nothing they could do: the server judges again in any case.
      () => (loading.current = false),
    );
  }, []);
  return { estimateStrength, load };
}
