import type { SignedIn } from '../../../shared/account.ts';
import { createSignInHint } from '../../../client/lib/session/hint.ts';
import type { RefreshOutcome } from '../../../client/lib/session/refresh-outcome.ts';
import { createSession, type Session } from '../../../client/lib/session/session.ts';
import type { TabChannel } from '../../../client/lib/session/tab-channel.ts';
import { createTabLock } from '../../../client/lib/session/tab-lock.ts';
import type { TabMessage } from '../../../client/lib/session/tab-message.ts';
import { createLocks } from './locks.ts';
import { createManualTimers } from './timers.ts';

export const ADA = {
  id: '0193a0b0-0000-7000-8000-00000000000a',
  email: 'ada@example.com',
  emailVerified: false,
  name: 'Ada',
  scopes: ['profile:read', 'profile:write'],
  createdAt: '2026-11-24T10:00:00.000Z',
};
export const BOB = {
  ...ADA,
  id: '0193a0b0-0000-7000-8000-00000000000b',
  email: 'bob@example.com',
  name: 'Bob',
};

export function signedInAs(user: typeof ADA, accessToken: string, expiresIn = 900): SignedIn {
  return { accessToken, tokenType: 'Bearer', expiresIn, scope: user.scopes.join(' '), user };
}

/** One browser with its storage and clock, the server it talks to, and as many tabs as a test opens. */
interface BrowserOptions {
  hasSignedIn?: boolean;
  /** A browser without `navigator.locks` has none. */
  hasLocks?: boolean;
  /** Milliseconds that a message between tabs takes. */
  messageDelay?: number;
}

export function createBrowser({
  hasSignedIn = false,
  hasLocks = true,
  messageDelay = 0,
}: BrowserOptions = {}) {
  const locks = hasLocks ? createLocks() : undefined;
  const timers = createManualTimers();
  const stored = new Map(hasSignedIn ? [['sallyport-signed-in', '1']] : []);
  const tabs = new Set<(message: TabMessage) => void>();
  let issued = 0;

  const server = {
    refreshes: 0,
    logouts: 0,
    /** Tests replace these. */
    refresh: async (_signal: AbortSignal): Promise<RefreshOutcome> => ({
      kind: 'renewed',
      signedIn: signedInAs(ADA, server.nextToken()),
    }),
    logout: async (): Promise<void> => {},
    nextToken: () => `token-${(issued += 1)}`,
  };

  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  };

  function openChannel(): TabChannel {
    const listeners = new Set<(message: TabMessage) => void>();
    const receive = (message: TabMessage) => listeners.forEach((listener) => listener(message));
    tabs.add(receive);
    return {
      isMute: false,
      post(message) {
        const deliver = () => tabs.forEach((tab) => tab !== receive && tab(structuredClone(message)));
        if (messageDelay === 0) queueMicrotask(deliver);
        else timers.start(deliver, messageDelay);
      },
      listen(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
  }

  function openTab({ isVisible = (): boolean => true } = {}): Session {
    return createSession({
      callRefresh(signal) {
        server.refreshes += 1;
        return server.refresh(signal);
      },
      callLogout() {
        server.logouts += 1;
        return server.logout();
      },
      channel: openChannel(),
      lock: createTabLock({ locks, name: 'refresh', patience: 5000, timers }),
      hint: createSignInHint(() => storage),
      random: () => 0,
      timers,
      isVisible,
    });
  }

  /** A tab of a person who is signed in. */
  async function openSignedInTab(user = ADA): Promise<Session> {
    const tab = openTab();
    await tab.signIn(async () => signedInAs(user, server.nextToken()));
    await timers.settle();
    return tab;
  }

  return { timers, server, stored, locks, openTab, openSignedInTab };
}

/** An answer that arrives when the test says so. */
export function createDelayed<Value>() {
  let answer: (value: Value) => void = () => {};
  let refuse: (error: Error) => void = () => {};
  const promise = new Promise<Value>((resolve, reject) => {
    answer = resolve;
    refuse = reject;
  });
  return { promise, answer, refuse };
}

/** The token that a call would go out with now. */
export async function tokenOf(tab: Session): Promise<string | undefined> {
  return (await tab.credentials.current()).accessToken;
}
