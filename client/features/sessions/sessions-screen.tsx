import { ListFailed, ListMissing } from '../../components/list-missing.tsx';
import { PageFoot } from '../../components/page-foot.tsx';
import { Page } from '../../components/page.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { trpc } from '../../lib/api/trpc.ts';
import { useNews } from '../../lib/live/use-news.ts';
import { useFailureWords } from '../../lib/use-failure-words.ts';
import { SessionList } from './session-list.tsx';

/** Asked for again whenever the page comes back into view. Without a network it says so, instead of waiting unseen. */
const OPTIONS = { staleTime: 0, networkMode: 'always', refetchOnReconnect: true } as const;

export function SessionsScreen() {
  const { data, error, isFetching, refetch } = trpc.sessions.list.useQuery(undefined, OPTIONS);
  useNews(refetch);
  const failed = error !== null;
  const missing = { error: useFailureWords(error), pending: isFetching, onRetry: () => void refetch() };
  return (
    <Page title="Where you are signed in" heading="Where you are signed in" width="wide">
      <p className="mb-6 text-muted">
        Each of these can act as you. If there is one that you do not know, end it and change your password.
      </p>
      {data ? (
        <>
          {failed && <ListFailed {...missing} />}
          <SessionList sessions={data} />
        </>
      ) : (
        <ListMissing failed={failed} {...missing} />
      )}
      <PageFoot>
        <TextLink to="/password">Change your password</TextLink>
      </PageFoot>
    </Page>
  );
}
