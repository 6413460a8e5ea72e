import { createLink } from '@tanstack/react-router';
import { ExternalLink } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';

const TONES = {
  accent: 'inline-flex text-accent hover:text-accent-strong',
  /** The second line of a message, in its colour; its target reaches beyond it, within the space that the message has. */
  message: 'flex w-fit -mt-1.5 -mb-2.5',
};

interface AnchorProps extends ComponentProps<'a'> {
  tone?: keyof typeof TONES;
}

function Anchor({ tone = 'accent', children, ...rest }: AnchorProps) {
  return (
    <a
      {...rest}
      className={`min-h-11 items-center rounded font-semibold underline decoration-1 underline-offset-4 hover:decoration-2 ${TONES[tone]}`}
    >
      {children}
    </a>
  );
}

/** To a page that is none of the application's, in a tab of its own. */
export function OutsideLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Anchor href={href} target="_blank" rel="noreferrer">
      {children}
      <ExternalLink aria-hidden className="ml-2 size-4.5 shrink-0" />
      <span className="sr-only"> (opens a new tab)</span>
    </Anchor>
  );
}

/** A link within the application, checked against its routes. */
export const TextLink = createLink(Anchor);
