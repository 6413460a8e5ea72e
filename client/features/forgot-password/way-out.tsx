import { TextLink } from '../../components/text-link.tsx';
import { useSessionState } from '../../lib/session/session-context.tsx';

export function WayOut() {
  const { status } = useSessionState();
  return (
    <p className="border-t border-line pt-4">
      {status === 'signed_in' ? (
        <TextLink to="/profile">Back to your profile</TextLink>
      ) : (
        <TextLink to="/sign-in">Back to signing in</TextLink>
      )}
    </p>
  );
}
