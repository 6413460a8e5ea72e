import { Page } from '../../components/page.tsx';
import { PageFoot } from '../../components/page-foot.tsx';
import { useSessionState } from '../../lib/session/session-context.tsx';
import { useSettings } from '../../lib/use-settings.ts';
import { PasswordForm } from './password-form.tsx';

export function PasswordScreen() {
  const state = useSessionState();
  const { passwordMinLength } = useSettings();
  if (state.status !== 'signed_in') return undefined;
  return (
    <Page title="Change your password" heading="Change your password">
      <p className="mb-6 text-muted">
        You stay signed in here. Everywhere else you are signed out, and so is anybody who knew the old one.
      </p>
      <PasswordForm email={state.user.email} name={state.user.name} minLength={passwordMinLength} />
      <PageFoot />
    </Page>
  );
}
