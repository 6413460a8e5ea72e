import { Button } from '../../components/button.tsx';
import { FormMessage } from '../../components/form-message.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useFocusHeir } from '../../components/use-focus-heir.ts';
import { useLate } from '../../components/use-late.ts';
import { useFailureWords } from '../../lib/use-failure-words.ts';

/** Milliseconds. A wait that is over sooner should not be seen at all. */
const SHORT = 400;

interface SessionsMissingProps {
  error: unknown;
  pending: boolean;
  onRetry: () => void;
}

/** While the list is on its way, or when it cannot be had. */
export function SessionsMissing({ error, pending, onRetry }: SessionsMissingProps) {
  const isLong = useLate(!error, SHORT);
  if (!error)
    return (
      <output className="mb-6 flex min-h-24 items-center gap-3 text-muted">
        {isLong && (
          <>
            <Spinner /> Loading …
          </>
        )}
      </output>
    );
  return <SessionsFailed error={error} pending={pending} onRetry={onRetry} />;
}

/** The list, or a newer one than is shown, cannot be had. */
export function SessionsFailed({ error, pending, onRetry }: SessionsMissingProps) {
  const button = useFocusHeir<HTMLButtonElement>();
  return (
    <div className="mb-6">
      <div className="mb-4">
        <FormMessage error={useFailureWords(error)} room="none" />
      </div>
      <Button ref={button} look="quiet" pending={pending} onClick={onRetry}>
        {pending ? 'Trying again …' : 'Try again'}
      </Button>
    </div>
  );
}
