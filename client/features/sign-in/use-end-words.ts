import { useSessionState } from '../../lib/session/session-context.tsx';
import type { EndCause } from '../../lib/session/state.ts';

const WORDS: Record<EndCause, string> = {
  signed_out: 'You are signed out.',
  expired: 'Your sign-in has run out. Sign in to go on.',
  revoked: 'You were signed out because this session was ended, here or on another device. Sign in to go on.',
  replaced: 'A newer sign-in in this browser has taken the place of this one. Sign in to go on.',
  reuse:
    'You were signed out for your safety: a copy of this browser’s sign-in was used elsewhere. Sign in, and look at where you are signed in.',
  ended_elsewhere:
    'You were signed out because this session was ended from another of your devices. Sign in to go on.',
  password_changed: 'The password was changed on another device. Sign in with the new one.',
  password_reset: 'The password was set anew by a link in mail. Sign in with the new one.',
  email_restored:
    'The e-mail address of this account was changed back by a link in mail, and every session was ended. Set a new password to go on.',
  account_deleted: 'This account is going to be deleted. Sign in to keep it.',
  account_disabled:
    'This account has been disabled, so nobody can sign in to it. Ask whoever runs this site to open it again.',
  client_removed: 'You were signed out because the app that you used is no longer allowed here.',
};

/** Why the person finds the sign-in screen instead of what they had open. */
export function useEndWords(): string | undefined {
  const state = useSessionState();
  return state.status === 'signed_out' && state.cause !== undefined ? WORDS[state.cause] : undefined;
}
