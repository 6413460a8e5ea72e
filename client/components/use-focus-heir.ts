import { useLayoutEffect, useRef, type RefObject } from 'react';

/**
 * For a control that goes away while it has the focus: the heading of what comes instead takes it, or the next Tab
 * would begin at the top of the page.
 */
export function useFocusHeir<Control extends HTMLElement>(): RefObject<Control | null> {
  const control = useRef<Control>(null);
  useLayoutEffect(() => {
    const element = control.current;
    return () => {
      if (element !== document.activeElement) return;
      queueMicrotask(() => document.querySelector('h1')?.focus());
    };
  }, []);
  return control;
}
