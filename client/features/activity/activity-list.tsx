import { useRef } from 'react';
import type { Activity } from '../../../shared/activity.ts';
import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { ActivityItem } from './activity-item.tsx';

interface ActivityListProps {
  events: Activity['events'];
  /** Left out when there is no more. Resolves when the next page is there, or cannot be had. */
  onMore: (() => Promise<unknown>) | undefined;
  pending: boolean;
  error: string | undefined;
}

export function ActivityList({ events, onMore, pending, error }: ActivityListProps) {
  const list = useRef<HTMLUListElement>(null);

  const showMore = async (): Promise<void> => {
    const shown = events.length;
    await onMore?.();
    // Where reading goes on; the button has moved down, or is gone.
    const next = list.current?.children.item(shown);
    if (next instanceof HTMLElement) next.focus();
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
          <Button look="quiet" pending={pending} onClick={() => void showMore()}>
            {pending ? 'Loading …' : 'Show more'}
          </Button>
        </div>
      )}
      <FormMessage error={error} pending={pending && 'Loading …'} room="none" />
    </div>
  );
}
