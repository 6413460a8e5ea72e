import { PRODUCT_NAME } from '../../shared/product.ts';
import { layOut, type Part } from './layout.ts';
import { closing, toFacts, type Occasion } from './occasion.ts';

interface NoticeFacts extends Occasion {
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
  { publicUrl, ...occasion }: NoticeFacts,
): { subject: string; text: string; html: string } {
  const { subject, happened, wasYou, wasNotYou } = WORDINGS[kind];
  const parts: Part[] = [
    { paragraph: 'Hello,' },
    { paragraph: happened },
    toFacts(occasion),
    { paragraph: wasYou },
    { paragraph: wasNotYou },
    { link: `${publicUrl}/sessions`, label: 'Show my sessions' },
    ...closing(publicUrl),
  ];
  return { subject, ...layOut({ title: subject, parts }) };
}
