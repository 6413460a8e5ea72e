import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Wordmark } from './wordmark.tsx';

/** The frame around every screen: a way past the header, the header, the screen. */
export function Shell({ notice, children }: { notice: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="absolute -top-24 left-4 z-20 rounded-lg bg-accent px-4 py-3 font-semibold text-on-accent focus:top-4"
      >
        Skip to content
      </a>
      <header className="px-5 py-4 sm:px-8 sm:py-6">
        <Link to="/" className="inline-flex min-h-11 items-center rounded-lg">
          <Wordmark />
        </Link>
      </header>
      <main id="main" tabIndex={-1} className="flex-1 px-5 pt-4 pb-28 sm:px-8 sm:pt-[5vh]">
        {children}
      </main>
      {notice}
    </div>
  );
}
