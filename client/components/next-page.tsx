import { useEffect, type ComponentProps } from 'react';
import { focusHeading } from './focus-heading.ts';
import { Page } from './page.tsx';

/** A page that takes the place of another at the same address: its heading takes the focus, as after a navigation. */
export function NextPage(props: ComponentProps<typeof Page>) {
  useEffect(focusHeading, []);
  return <Page {...props} />;
}
