/** How a screen reader tells where the person is now, and where the next Tab goes on. */
export function focusHeading(): void {
  scrollTo(0, 0);
  const heading = document.querySelector('h1');
  heading?.focus({ preventScroll: true });
  // There may be notices above it.
  heading?.scrollIntoView({ block: 'nearest' });
}
