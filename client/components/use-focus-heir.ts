import { useLayoutEffect, useRef, type RefObject } from 'react';

/**
 * For a control that goes away while it has the focus: the next button in the same `group` (a selector) takes it, else
 * the heading of what comes instead, or the next Tab would begin at the top of the page.
 */
export function useFocusHeir<Control extends HTMLElement>(group?: string): RefObject<Control | null> {
  const control = useRef<Control>(null);
  useLayoutEffect(() => {
    const element = control.current;
    return () => {
      if (element === null || element !== document.activeElement) return;
      const buttons = group === undefined ? [] : buttonsAfter(element, group);
      queueMicrotask(() => {
        const heir = buttons.find(({ isConnected }) => isConnected) ?? document.querySelector('h1');
        heir?.focus();
      });
    };
  }, [group]);
  return control;
}

/** The others in its group: those that follow, then those before. */
function buttonsAfter(element: HTMLElement, group: string): HTMLElement[] {
  const buttons = [...(element.closest(group)?.querySelectorAll('button') ?? [])];
  const place = buttons.findIndex((button) => button === element);
  return [...buttons.slice(place + 1), ...buttons.slice(0, Math.max(0, place))];
}
