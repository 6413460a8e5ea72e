import { CircleAlert, CircleCheck } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useLate } from './use-late.ts';

interface FormMessageProps {
  error?: ReactNode;
  success?: ReactNode;
  /** What is under way, for those who do not see the button say it. */
  pending?: string | false;
  /** How much to keep free, so that nothing moves when a message comes. */
  room?: keyof typeof ROOM;
}

const ROOM = {
  none: 'has-[p,span]:pt-3',
  line: 'min-h-17 pt-3',
  /** Two lines on a phone. */
  sentence: 'min-h-20 pt-3',
};

/** Milliseconds before a wait is worth an announcement. */
const LONG = 1000;

// The border is for forced colours, which leave nothing of the background.
const LOOK = 'flex items-start gap-2.5 rounded-lg border border-transparent px-3.5 py-2.5 ';
const ICON = 'mt-px size-4.5 shrink-0';

/** What became of a form, read out as it appears. */
export function FormMessage({ error, success, pending = false, room = 'sentence' }: FormMessageProps) {
  const isLong = useLate(pending !== false, LONG);
  const alert = useRef<HTMLDivElement>(null);
  const failed = Boolean(error);

  useEffect(() => {
    if (failed) alert.current?.scrollIntoView({ block: 'nearest' });
  }, [failed]);

  return (
    <div className={`text-sm ${ROOM[room]}`}>
      <div role="alert" ref={alert}>
        {error && (
          <p className={`${LOOK} bg-danger-soft text-danger`}>
            <CircleAlert aria-hidden className={ICON} />
            <span>{error}</span>
          </p>
        )}
      </div>
      <output className="block">
        {isLong && <span className="sr-only">{pending}</span>}
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
