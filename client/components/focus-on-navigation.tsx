import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { focusHeading } from './focus-heading.ts';

/** After a navigation the new screen's heading takes the focus. The first is left to the browser, which announces it itself. */
export function FocusOnNavigation() {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const previous = useRef<string>(undefined);

  useEffect(() => {
    if (previous.current !== undefined && previous.current !== path) focusHeading();
    previous.current = path;
  }, [path]);

  return undefined;
}
