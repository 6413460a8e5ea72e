import { useLocation } from '@tanstack/react-router';
import { createContext, use, useSyncExternalStore } from 'react';
import type { LinkTokens } from './link-token.ts';

const LinkTokenContext = createContext<LinkTokens | undefined>(undefined);

export const LinkTokenProvider = LinkTokenContext.Provider;

/** The token that this very page was opened with. Undefined when it came without one, or has been loaded again since. */
export function useLinkToken(): string | undefined {
  const tokens = use(LinkTokenContext);
  if (!tokens) throw new Error('no LinkTokenProvider above this component');
  const taken = useSyncExternalStore(tokens.subscribe, tokens.get);
  const path = useLocation({ select: ({ pathname }) => pathname });
  return taken?.path === path ? taken.token : undefined;
}
