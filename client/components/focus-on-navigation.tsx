import { useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

/**
 * After a navigation the new screen's heading takes the focus: that is how a screen reader tells where the person
 * is now, and where the next Tab goes on. The first screen is left to the browser, which announces it itself.
 */
export function FocusOnNavigation() {
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const previous = useRef<string>(undefined);

  useEffect(() => {
    if (previous.current !== undefined && previous.current !== path) {
      scrollTo(0, 0);
      const heading = document.querySelector('h1');
      heading?.focus({ preventScroll: true });
      // There may be notices above it.
      heading?.scrollIntoView({ block: 'nearest' });
    }
    previous.current = path;
  }, [path]);

  return undefined;
}
