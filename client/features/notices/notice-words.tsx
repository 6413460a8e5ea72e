import type { Notice } from '../../../shared/session.ts';
import { TimeAgo } from '../../components/time-ago.tsx';

/** What happened, and what to do about it. Device and address are what the other side claims to be. */
export function NoticeWords({ notice }: { notice: Notice }) {
  return notice.kind === 'new_device' ? <NewDevice {...notice} /> : <TokenReuse {...notice} />;
}

function NewDevice({ device, ip, createdAt }: Notice) {
  return (
    <>
      <p className="font-semibold wrap-anywhere">
        New sign-in: {device}, <TimeAgo at={createdAt} />, from {ip}.
      </p>
      <p className="text-sm">If this was not you, end that session and change your password.</p>
    </>
  );
}

/** Of the two who held the session it may be the owner who is named here: the copy is only known to exist. */
function TokenReuse({ device, ip, createdAt }: Notice) {
  return (
    <>
      <p className="font-semibold">We ended a session for your safety.</p>
      <p className="text-sm wrap-anywhere">
        A copy of its sign-in was used from {device} at {ip}, <TimeAgo at={createdAt} />. Somebody may have
        had access to one of your devices: change your password.
      </p>
    </>
  );
}
