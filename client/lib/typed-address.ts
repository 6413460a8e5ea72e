import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';

declare module '@tanstack/history' {
  interface HistoryState {
    /** What has been typed of an address. Carried from screen to screen here, and never in a URL, which is logged. */
    email?: string;
  }
}

/** The address that was typed on the screen before this one, or nothing. */
export function useTypedAddress(): string {
  const { history } = useRouter();
  const [email] = useState(() => history.location.state.email);
  return typeof email === 'string' ? email : '';
}
