import { createLink } from '@tanstack/react-router';
import type { ComponentProps } from 'react';

function Anchor({ children, ...rest }: ComponentProps<'a'>) {
  return (
    <a
      {...rest}
      className="inline-flex min-h-11 items-center rounded font-semibold text-accent underline decoration-1 underline-offset-4 hover:text-accent-strong hover:decoration-2"
    >
      {children}
    </a>
  );
}

/** A link within the application, checked against its routes. */
export const TextLink = createLink(Anchor);
