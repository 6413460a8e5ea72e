import { Button } from './button.tsx';
import { FormMessage } from './form-message.tsx';
import { Spinner } from './spinner.tsx';
import { useFocusHeir } from './use-focus-heir.ts';
import { useLate } from './use-late.ts';

/** Milliseconds. A wait that is over sooner should not be seen at all. */
const SHORT = 400;

interface ListMissingProps {
  failed: boolean;
  /** What has failed, in words. */
  error: string | undefined;
  pending: boolean;
  onRetry: () => void;
}

/** While the list is on its way, or when it cannot be had. */
export function ListMissing(props: ListMissingProps) {
  const isLong = useLate(!props.failed, SHORT);
  if (props.failed) return <ListFailed {...props} />;
  return (
    <output className="mb-6 flex min-h-24 items-center gap-3 text-muted">
      {isLong && (
        <>
          <Spinner /> Loading …
        </>
      )}
    </output>
  );
}

/** The list, or a newer one than is shown, cannot be had. */
export function ListFailed({ error, pending, onRetry }: Omit<ListMissingProps, 'failed'>) {
  const button = useFocusHeir<HTMLButtonElement>();
  return (
    <div className="mb-6">
      <div className="mb-4">
        <FormMessage error={error} room="none" />
      </div>
      <Button ref={button} look="quiet" pending={pending} onClick={onRetry}>
        {pending ? 'Trying again …' : 'Try again'}
      </Button>
    </div>
  );
}
