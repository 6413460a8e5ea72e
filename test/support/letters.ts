import type { Registered, SignedIn } from '../../shared/account.ts';

/** The token of the link in a mail. Fails when there is none, and when the two parts of the mail disagree. */
export function tokenIn(mail: { text: string; html: string } | undefined): string {
  const [text, html] = [mail?.text, mail?.html].map(
    (part) => /#token=([\w-]{43})(?![\w-])/.exec(part ?? '')?.[1],
  );
  if (text === undefined || text !== html) throw new Error('this mail has no link with a token');
  return text;
}

/** Of a registration without mail. */
export function requireSignedIn(outcome: Registered): SignedIn {
  if ('accessToken' in outcome) return outcome;
  throw new Error(outcome.status);
}
