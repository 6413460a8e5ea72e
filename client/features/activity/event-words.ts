import { KeyRound, LogIn, LogOut, Mail, ShieldAlert, Trash2, UserRound, type LucideIcon } from 'lucide-react';
import type { SecurityEventKind } from '../../../shared/activity.ts';

/** What happened, as its owner is told. Total: a new kind does not compile without words. */
export const EVENT_WORDS: Record<SecurityEventKind, { words: string; icon: LucideIcon }> = {
  registered: { words: 'Account created', icon: UserRound },
  signed_in: { words: 'Signed in', icon: LogIn },
  signed_out: { words: 'Signed out', icon: LogOut },
  session_replaced: { words: 'Signed in again in the same browser', icon: LogIn },
  session_ended: { words: 'Session ended from another device', icon: LogOut },
  other_sessions_ended: { words: 'All other sessions ended', icon: LogOut },
  token_reused: { words: 'Session ended for your safety: a copy of its sign-in was used', icon: ShieldAlert },
  password_changed: { words: 'Password changed', icon: KeyRound },
  password_reset: { words: 'New password chosen by a link in mail', icon: KeyRound },
  email_verified: { words: 'E-mail address confirmed', icon: Mail },
  email_change_requested: { words: 'New e-mail address asked for', icon: Mail },
  email_changed: { words: 'E-mail address changed', icon: Mail },
  email_change_cancelled: { words: 'Change of the e-mail address cancelled', icon: Mail },
  email_restored: { words: 'Old e-mail address brought back by a link in mail', icon: Mail },
  deletion_requested: { words: 'Deletion of the account asked for', icon: Trash2 },
  deletion_cancelled: { words: 'Account kept by signing in', icon: UserRound },
  data_exported: { words: 'Data downloaded', icon: UserRound },
  imported: { words: 'Account brought over from elsewhere', icon: UserRound },
  account_disabled: { words: 'Account disabled', icon: ShieldAlert },
  account_enabled: { words: 'Account opened again', icon: UserRound },
  account_unlocked: { words: 'Guesses at the password forgotten', icon: UserRound },
  scope_changed: { words: 'What may be done with the account changed', icon: UserRound },
  client_removed: { words: 'Session ended because its app was removed', icon: LogOut },
};
