import type { ReactNode } from 'react';

/** A word or two about the thing that it stands beside. */
export function Badge({ tone = 'accent', children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return (
    <span className={`rounded-full border px-2.5 py-0.5 text-xs whitespace-nowrap ${TONES[tone]}`}>
      {children}
    </span>
  );
}

// The border is for forced colours, which leave nothing of the background.
const TONES = {
  accent: 'border-transparent bg-accent-soft text-accent',
  muted: 'border-field-line text-muted',
};
