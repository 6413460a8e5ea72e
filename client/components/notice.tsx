import { Info } from 'lucide-react';
import type { ReactNode } from 'react';

/** Something worth knowing before going on; nothing is wrong. */
export function Notice({ id, children }: { id: string; children: ReactNode }) {
  return (
    <p
      id={id}
      className="mb-7 flex items-start gap-2.5 rounded-lg border border-transparent bg-accent-soft px-3.5 py-3 text-sm text-ink"
    >
      <Info aria-hidden className="mt-px size-4.5 shrink-0 text-accent" />
      <span>{children}</span>
    </p>
  );
}
