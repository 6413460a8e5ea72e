import { OutsideLink } from './text-link.tsx';

/** Where a mail is to be found that has just been sent, and what to do when nothing comes. */
export function MailAdvice({ local }: { local: boolean }) {
  if (local)
    return (
      <p className="mb-6">
        <OutsideLink href="/dev/mailbox">Open the mailbox of this machine</OutsideLink>
      </p>
    );
  return (
    <p className="mb-6 text-muted">
      Nothing there? It can take a minute. Look among the spam as well, and whether the address is right.
    </p>
  );
}
