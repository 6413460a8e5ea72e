import { PRODUCT_NAME } from '../../shared/product.ts';
import { layOut, type Part } from './layout.ts';
import { closing, inWords, toFacts, type Occasion } from './occasion.ts';

interface LetterFacts extends Occasion {
  publicUrl: string;
  /** For a link that carries one: it goes into the fragment, which no server, log or referrer ever sees (RFC 3986 §3.5). */
  token?: string;
  /** The address that an account is to have, or has now. */
  newEmail?: string;
  /** When an account is erased; milliseconds since the epoch. */
  eraseAt?: number;
}

interface Wording {
  subject: string;
  /** What has happened, or was asked for. */
  happened: (facts: LetterFacts) => string;
  /** Between the facts and the link. */
  next: (facts: LetterFacts) => string;
  link: { path: string; label: string; carriesToken?: true };
  /** For whoever did not ask for it. */
  wasNotYou: string;
}

const NOT_YOU_IGNORE = 'If it was not you, there is nothing to do: without this link nothing happens.';

const WORDINGS = {
  confirm_registration: {
    subject: `Confirm your e-mail address for ${PRODUCT_NAME}`,
    happened: () => `Somebody, we hope you, has asked for a ${PRODUCT_NAME} account with this address:`,
    next: () =>
      'If it was you, confirm the address within 24 hours. Then you can sign in with the password that you chose:',
    link: { path: '/verify-email', label: 'Confirm my address', carriesToken: true },
    wasNotYou:
      'If it was not you, do not follow the link: whoever asked has chosen the password. Without it no account is made.',
  },
  account_exists: {
    subject: `You already have a ${PRODUCT_NAME} account`,
    happened: () =>
      `Somebody, perhaps you, has asked for a ${PRODUCT_NAME} account with this address. You already have one, so nothing has been changed:`,
    next: () => 'Sign in with your password. If you have forgotten it, set a new one:',
    link: { path: '/forgot-password', label: 'Set a new password' },
    wasNotYou: 'If it was not you, there is nothing to do.',
  },
  verify_email: {
    subject: `Confirm your e-mail address for ${PRODUCT_NAME}`,
    happened: () => `Your ${PRODUCT_NAME} account has this address, and nobody has confirmed it yet:`,
    next: () => 'Confirm within 24 hours that you read mail here:',
    link: { path: '/verify-email', label: 'Confirm my address', carriesToken: true },
    wasNotYou:
      'If you did not make this account, do not follow the link. You can take the account over by setting a password of your own: choose “Forgot your password?” at the sign-in.',
  },
  reset_password: {
    subject: `Set a new password for ${PRODUCT_NAME}`,
    happened: () =>
      `Somebody, we hope you, has asked to set a new password for your ${PRODUCT_NAME} account:`,
    next: () => 'If it was you, choose a new one within 30 minutes. Every session is ended by it:',
    link: { path: '/reset-password', label: 'Set a new password', carriesToken: true },
    wasNotYou: NOT_YOU_IGNORE,
  },
  password_changed: {
    subject: `Your ${PRODUCT_NAME} password was changed`,
    happened: () => `The password of your ${PRODUCT_NAME} account has just been changed:`,
    next: () => 'If it was you, all is well. If it was not, set a new password at once:',
    link: { path: '/forgot-password', label: 'Set a new password' },
    wasNotYou: 'Whoever changed it could read your mail or knew your old password. Look after both.',
  },
  confirm_change: {
    subject: `Confirm your new e-mail address for ${PRODUCT_NAME}`,
    happened: () =>
      `Somebody, we hope you, has asked to make this the address of their ${PRODUCT_NAME} account:`,
    next: () => 'If it was you, confirm it within 24 hours. Until then the old address stays:',
    link: { path: '/confirm-email', label: 'Use this address', carriesToken: true },
    wasNotYou: NOT_YOU_IGNORE,
  },
  address_taken: {
    subject: `This address has a ${PRODUCT_NAME} account already`,
    happened: () =>
      `Somebody, perhaps you, has asked to make this the address of another ${PRODUCT_NAME} account. It has an account already, so nothing has been changed:`,
    next: () =>
      'If it was you, sign in to the account that has this address, or choose another address. If you have forgotten its password, set a new one:',
    link: { path: '/forgot-password', label: 'Set a new password' },
    wasNotYou: 'If it was not you, there is nothing to do.',
  },
  change_asked: {
    subject: `Your ${PRODUCT_NAME} e-mail address is about to change`,
    happened: ({ newEmail = '' }) =>
      `Somebody who knows your password has asked to change the address of your ${PRODUCT_NAME} account to ${newEmail}. It is changed once it is confirmed there:`,
    next: () =>
      'If it was you, there is nothing to do. If it was not, somebody knows your password. Stop the change, and set a new password:',
    link: { path: '/revert-email', label: 'Keep this address', carriesToken: true },
    wasNotYou:
      'The link is good for eight days. Once the address has been changed, it gives the account back to this one.',
  },
  change_asked_unconfirmed: {
    subject: `Your ${PRODUCT_NAME} e-mail address is about to change`,
    happened: ({ newEmail = '' }) =>
      `Somebody who knows the password has asked to change the address of a ${PRODUCT_NAME} account from this one to ${newEmail}. Nobody had ever confirmed this one:`,
    next: () =>
      'If this is not your account, there is nothing to do. If it is, and it was not you who asked, set a new password before the change is confirmed:',
    link: { path: '/forgot-password', label: 'Set a new password' },
    wasNotYou: 'A new password calls the change off.',
  },
  email_changed: {
    subject: `Your ${PRODUCT_NAME} e-mail address was changed`,
    happened: ({ newEmail = '' }) =>
      `The address of your ${PRODUCT_NAME} account is ${newEmail} now, and mail goes there:`,
    next: () =>
      'If it was you, there is nothing to do. If it was not, take the account back. That ends every session, and you set a new password:',
    link: { path: '/revert-email', label: 'Give my account back to this address', carriesToken: true },
    wasNotYou: 'The link is good for seven days. Until then nobody else gets this address here.',
  },
  deletion_asked: {
    subject: `Your ${PRODUCT_NAME} account will be deleted`,
    happened: () =>
      `Somebody who knows your password has asked to delete your ${PRODUCT_NAME} account. Every session is ended:`,
    next: ({ eraseAt = 0 }) =>
      `It is erased on ${inWords(eraseAt)} UTC, with everything that belongs to it. To keep it, sign in before then:`,
    link: { path: '/sign-in', label: 'Sign in and keep my account' },
    wasNotYou: 'If it was not you, sign in and change your password: somebody knows it.',
  },
  deletion_cancelled: {
    subject: `Your ${PRODUCT_NAME} account will not be deleted`,
    happened: () =>
      `Somebody has signed in to your ${PRODUCT_NAME} account, so it is kept, with everything that belongs to it:`,
    next: () => 'If you still want it gone, delete it again:',
    link: { path: '/delete-account', label: 'Delete my account' },
    wasNotYou: 'If it was not you who signed in, somebody knows your password. Change it.',
  },
} satisfies Record<string, Wording>;

export type LetterKind = keyof typeof WORDINGS;

/**
 * What a mail about an account says. Where its link carries a token, that is the only place where the token ever stands. Links
 * are made of `PUBLIC_URL` and nothing that a request brings along (Supabase Auth GHSA-3529-5m8x-rpv3).
 */
export function composeLetter(
  kind: LetterKind,
  facts: LetterFacts,
): { subject: string; text: string; html: string } {
  const { subject, happened, next, link, wasNotYou }: Wording = WORDINGS[kind];
  const { publicUrl, token } = facts;
  const fragment = link.carriesToken && token !== undefined ? `#token=${token}` : '';
  const parts: Part[] = [
    { paragraph: 'Hello,' },
    { paragraph: happened(facts) },
    toFacts(facts),
    { paragraph: next(facts) },
    { link: `${publicUrl}${link.path}${fragment}`, label: link.label },
    { paragraph: wasNotYou },
    ...closing(publicUrl),
  ];
  return { subject, ...layOut({ title: subject, parts }) };
}
