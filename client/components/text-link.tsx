import { createLink } from '@tanstack/react-router';
import type { ComponentProps } from 'react';

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

/** A link within the application, checked against its routes. */
export const TextLink = createLink(Anchor);
