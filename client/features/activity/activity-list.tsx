import { useLayoutEffect, useRef } from 'react';
import type { Activity } from '../../../shared/activity.ts';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { ActivityItem } from './activity-item.tsx';

interface ActivityListProps {
  events: Activity['events'];
  /** Left out when there is no more. */
  onMore: (() => unknown) | undefined;
  pending: boolean;
  error: string | undefined;
}

export function ActivityList({ events, onMore, pending, error }: ActivityListProps) {
  const list = useRef<HTMLUListElement>(null);
  /** How many there were when more were asked for. */
  const shown = useRef<number>(undefined);

  useLayoutEffect(() => {
    if (pending || shown.current === undefined) return;
    // Where reading goes on; the button has moved down, or is gone.
    const next = list.current?.children.item(shown.current);
    if (next instanceof HTMLElement) next.focus();
    shown.current = undefined;
  }, [pending]);

  const showMore = (): void => {
    shown.current = events.length;
    onMore?.();
  };

  if (events.length === 0)
    return <p className="mb-6 border-y border-line py-5">Nothing has happened in the last 400 days.</p>;
  return (
    <div className="mb-6">
      <ul ref={list} className="border-b border-line">
        {events.map((event) => (
          <ActivityItem key={event.id} event={event} />
        ))}
      </ul>
      {onMore && (
        <div className="grid pt-4 sm:flex">
          <Button look="quiet" pending={pending} onClick={showMore}>
            {pending ? 'Loading …' : 'Show more'}
          </Button>
        </div>
      )}
      <FormMessage error={error} pending={pending && 'Loading …'} room="none" />
    </div>
  );
}
