import { TextLink } from '../../components/text-link.tsx';
import { useSettings } from '../../lib/use-settings.ts';

/** What else there is to see and to do about the account. */
export function OtherScreens() {
  const { mail } = useSettings();
  return (
    <ul className="mb-5 border-t border-line pt-4">
      <li>
        <TextLink to="/sessions">Where you are signed in</TextLink>
      </li>
      <li>
        <TextLink to="/activity">Recent activity</TextLink>
      </li>
      <li>
        <TextLink to="/password">Change your password</TextLink>
      </li>
      {mail !== 'off' && (
        <li>
          <TextLink to="/email">Change your e-mail address</TextLink>
        </li>
      )}
    </ul>
  );
}
