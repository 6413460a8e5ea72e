import { PageFoot } from '../../components/page-foot.tsx';
import { Page } from '../../components/page.tsx';
import { useSessionState } from '../../lib/session/session-context.tsx';
import { DeletionForm } from './deletion-form.tsx';

export function DeletionScreen() {
  const state = useSessionState();
  if (state.status !== 'signed_in') return undefined;
  return (
    <Page title="Delete your account" heading="Delete your account">
      <p className="mb-4">
        You are signed out everywhere at once. After 14 days the account is erased, with all that we have
        stored about you.
      </p>
      <p className="mb-6 text-muted">
        Until then you can change your mind: signing in keeps the account. If you want a copy of your data,
        download it on your profile first.
      </p>
      <DeletionForm email={state.user.email} />
      <PageFoot />
    </Page>
  );
}
