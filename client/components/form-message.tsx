import { CircleAlert, CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';

interface FormMessageProps {
  error?: ReactNode;
  success?: ReactNode;
}

const LOOK = 'flex items-start gap-2.5 rounded-lg px-3.5 py-2.5 ';
const ICON = 'mt-px size-4.5 shrink-0';

/** What became of a form, read out as it appears. The space is kept free, so that nothing moves. */
export function FormMessage({ error, success }: FormMessageProps) {
  return (
    <div className="min-h-20 pt-3 text-sm">
      <div role="alert">
        {error && (
          <p className={`${LOOK} bg-danger-soft text-danger`}>
            <CircleAlert aria-hidden className={ICON} />
            <span>{error}</span>
          </p>
        )}
      </div>
      <output className="block">
        {!error && success && (
          <span className={`${LOOK} bg-accent-soft text-accent`}>
            <CircleCheck aria-hidden className={ICON} />
            {success}
          </span>
        )}
      </output>
    </div>
  );
}
