import type { ReactNode } from 'react';

interface FieldMessageProps {
  id: string;
  error?: ReactNode;
  hint?: ReactNode;
  /** How much to keep free, so that nothing moves when a message comes or goes. */
  room?: keyof typeof ROOM;
}

const ROOM = {
  /** A few words. */
  line: 'min-h-10',
  /** One sentence: two lines on a phone. */
  sentence: 'min-h-15 sm:min-h-10',
  /** A sentence with a bar above it. */
  feedback: 'min-h-18',
};

/** Under a field: what is wrong, else what helps. */
export function FieldMessage({ id, error, hint, room = 'sentence' }: FieldMessageProps) {
  return (
    <div id={id} className={`pt-1 text-sm ${ROOM[room]}`}>
      {error ? <span className="text-danger">{error}</span> : <span className="text-muted">{hint}</span>}
    </div>
  );
}
