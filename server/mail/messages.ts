import { isIP } from 'node:net';
import { PRODUCT_NAME } from '../../shared/product.ts';
import { layOut, type Part } from './layout.ts';

interface NoticeFacts {
  /** In words, such as `Firefox on Linux`. */
  device: string;
  ip: string;
  /** Milliseconds since the epoch. */
  at: number;
  publicUrl: string;
}

interface Wording {
  subject: string;
  happened: string;
  wasYou: string;
  wasNotYou: string;
}

const WORDINGS = {
  new_device: {
    subject: `New sign-in to ${PRODUCT_NAME}`,
    happened: `Somebody has just signed in to your ${PRODUCT_NAME} account with your password, from a browser that we have not seen you use before.`,
    wasYou: 'If this was you, all is well and there is nothing to do.',
    wasNotYou:
      'If this was not you, somebody knows your password. Sign in, change your password at once, and end every session that is not yours:',
  },
  token_reuse: {
    subject: `We ended one of your ${PRODUCT_NAME} sessions`,
    happened: `A sign-in key of one of your ${PRODUCT_NAME} sessions was used a second time, long after it had been replaced. That can mean that somebody has copied it, so we have ended that session: whoever used it, you or somebody else, has to sign in again. The key came from here:`,
    wasYou:
      'If you have just restored this browser or its computer from a backup, that is the likely reason. Sign in again, and all is well.',
    wasNotYou:
      'If you do not recognise this, somebody may have had access to one of your devices. Sign in, look through your sessions, end every one that is not yours, and change your password:',
  },
} satisfies Record<string, Wording>;

/**
 * What a security notice says by mail. Holds no token: its link leads to a page that asks for a sign-in. Device and
 * address come from whoever signed in, perhaps a thief: the subject has neither, and neither can bring a link.
 */
export function composeNotice(
  kind: keyof typeof WORDINGS,
  { device, ip, at, publicUrl }: NoticeFacts,
): { subject: string; text: string; html: string } {
  const { subject, happened, wasYou, wasNotYou } = WORDINGS[kind];
  const parts: Part[] = [
    { paragraph: 'Hello,' },
    { paragraph: happened },
    {
      facts: [
        ['When', `${inWords(at)} UTC`],
        ['Device', inert(device) || 'Unknown device'],
        ['Address', isIP(ip) === 0 || ip.includes('%') ? 'unknown' : ip],
      ],
    },
    { paragraph: wasYou },
    { paragraph: wasNotYou },
    { link: `${publicUrl}/sessions`, label: 'Show my sessions' },
    {
      paragraph:
        'UTC is the time in London in winter; your own clock may well show another hour. The device is what the browser says of itself, and the address is that of its internet connection.',
    },
    {
      paragraph: `We never ask for your password by mail, and nobody from ${PRODUCT_NAME} ever will by any other way. If you are not sure that this mail is ours, do not follow its link: type ${new URL(publicUrl).host} into your browser yourself.`,
    },
  ];
  return { subject, ...layOut({ title: subject, parts }) };
}

/** `Tuesday, 24 November 2026, 12:00`, from parts: how they are joined differs between versions of Node. */
function inWords(at: number): string {
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(at);
  const weekday = part({ weekday: 'long' });
  const date = part({ day: 'numeric', month: 'long', year: 'numeric' });
  return `${weekday}, ${date}, ${part({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}`;
}

/**
 * Mail programs make a link of whatever looks like one. A thief who calls his browser `help-sallyport.example` must
 * not get our own notice to recommend it.
 */
function inert(device: string): string {
  return device
    .replaceAll(/[^\p{L}\p{N}\p{M}()+_-]+/gu, ' ')
    .trim()
    .slice(0, 60);
}
