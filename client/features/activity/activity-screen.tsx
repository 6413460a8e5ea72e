import { ListFailed, ListMissing } from '../../components/list-missing.tsx';
import { PageFoot } from '../../components/page-foot.tsx';
import { Page } from '../../components/page.tsx';
import { TextLink } from '../../components/text-link.tsx';
import { useNews } from '../../lib/live/use-news.ts';
import { useFailureWords } from '../../lib/use-failure-words.ts';
import { ActivityList } from './activity-list.tsx';
import { useActivity } from './use-activity.ts';

export function ActivityScreen() {
  const { data, error, isFetching, isFetchingNextPage, isFetchNextPageError, ...query } = useActivity();
  useNews(query.refetch);
  const words = useFailureWords(error);
  const missing = { error: words, pending: isFetching, onRetry: () => void query.refetch() };
  const failed = error !== null;
  return (
    <Page title="Recent activity" heading="Recent activity" width="wide">
      <p className="mb-6 text-muted">
        What has happened to your account in the last 400 days. If there is something that was not you, change
        your password.
      </p>
      {data ? (
        <>
          {failed && !isFetchNextPageError && <ListFailed {...missing} />}
          <ActivityList
            events={data.pages.flatMap(({ events }) => events)}
            onMore={query.hasNextPage ? query.fetchNextPage : undefined}
            pending={isFetchingNextPage}
            error={isFetchNextPageError ? words : undefined}
          />
        </>
      ) : (
        <ListMissing failed={failed} {...missing} />
      )}
      <PageFoot>
        <TextLink to="/sessions">Where you are signed in</TextLink>
        <TextLink to="/password">Change your password</TextLink>
      </PageFoot>
    </Page>
  );
}
