import type { Profile } from '../../../shared/account.ts';

export function AccountFacts({ user }: { user: Profile }) {
  const since = new Date(user.createdAt);
  return (
    <dl className="mb-8 grid gap-4">
      <div>
        <dt className="text-sm text-muted">E-mail address</dt>
        <dd className="font-medium wrap-anywhere">{user.email}</dd>
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
