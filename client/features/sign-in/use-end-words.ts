import { useSessionState } from '../../lib/session/session-context.tsx';
import type { EndCause } from '../../lib/session/state.ts';

const WORDS: Record<EndCause, string> = {
  signed_out: 'You are signed out.',
  expired: 'Your sign-in has run out. Sign in to go on.',
  revoked: 'You were signed out because this session was ended, here or on another device. Sign in to go on.',
};

/** Why the person finds the sign-in screen instead of what they had open. */
export function useEndWords(): string | undefined {
  const state = useSessionState();
  return state.status === 'signed_out' && state.cause !== undefined ? WORDS[state.cause] : undefined;
}
