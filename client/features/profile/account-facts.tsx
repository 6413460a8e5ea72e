import type { Profile } from '../../../shared/account.ts';
import { Badge } from '../../components/badge.tsx';
import { useSettings } from '../../lib/use-settings.ts';
import { ConfirmAddress } from './confirm-address.tsx';

export function AccountFacts({ user }: { user: Profile }) {
  const { mail } = useSettings();
  const since = new Date(user.createdAt);
  return (
    <dl className="mb-8 grid gap-4">
      <div>
        <dt className="text-sm text-muted">E-mail address</dt>
        <dd>
          <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium">
            <span className="wrap-anywhere">{user.email}</span>
            {user.emailVerified ? <Badge>Confirmed</Badge> : <Badge tone="muted">Not confirmed</Badge>}
          </span>
          {!user.emailVerified && mail !== 'off' && <ConfirmAddress local={mail === 'local'} />}
        </dd>
      </div>
      <div>
        <dt className="text-sm text-muted">Member since</dt>
        <dd className="font-medium">
          <time dateTime={user.createdAt}>
            {new Intl.DateTimeFormat('en', { dateStyle: 'long' }).format(since)}
          </time>
        </dd>
      </div>
    </dl>
  );
}
