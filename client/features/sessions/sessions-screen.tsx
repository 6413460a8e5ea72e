import { ArrowLeft } from 'lucide-react';
import { Page } from '../../components/page.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { SessionList } from './session-list.tsx';
import { SessionsFailed, SessionsMissing } from './sessions-missing.tsx';
import { useNews } from './use-news.ts';

/** Asked for again whenever the page comes back into view. Without a network it says so, instead of waiting unseen. */
const OPTIONS = { staleTime: 0, networkMode: 'always', refetchOnReconnect: true } as const;

export function SessionsScreen() {
  const { data, error, isFetching, refetch } = trpc.sessions.list.useQuery(undefined, OPTIONS);
  useNews(refetch);
  const missing = { error, pending: isFetching, onRetry: () => void refetch() };
  return (
    <Page title="Where you are signed in" heading="Where you are signed in" width="wide">
      <p className="mb-6 text-muted">
        Each of these can act as you. If there is one that you do not know, end it and change your password.
      </p>
      {data ? (
        <>
          {error && <SessionsFailed {...missing} />}
          <SessionList sessions={data} />
        </>
      ) : (
        <SessionsMissing {...missing} />
      )}
      <p className="flex flex-wrap gap-x-6 border-t border-line pt-4">
        <TextLink to="/profile">
          <ArrowLeft aria-hidden className="mr-2 size-4.5" />
          Back to your profile
        </TextLink>
        <TextLink to="/password">Change your password</TextLink>
      </p>
    </Page>
  );
}
