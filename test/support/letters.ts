import type { App } from '../../server/app.ts';
import type { OutgoingMail } from '../../server/mail/mail.ts';
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

/** For `SMTP_URL` where nothing is sent: what was written is in `letters`. */
export const MAIL_ENV = { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'Sallyport <login@example.com>' };

interface Letters {
  letters: OutgoingMail[];
}

/** Every mail that is written from now on, to nobody too (an empty `to`); the newest last. */
export function collectLetters({ deps }: Pick<App, 'deps'>): OutgoingMail[] {
  const letters: OutgoingMail[] = [];
  const { mail } = deps;
  deps.mail = {
    ...mail,
    async enqueue(trx, letter, now) {
      letters.push(letter);
      await mail.enqueue(trx, letter, now);
    },
  };
  return letters;
}

/** What has been written to this address, the newest last. */
export function lettersTo({ letters }: Letters, address: string) {
  return letters.filter(({ to }) => to === address);
}

/** The token in the newest mail to this address. */
export function tokenFor(world: Letters, address: string): string {
  return tokenIn(lettersTo(world, address).at(-1));
}
