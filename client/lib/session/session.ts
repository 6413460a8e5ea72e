import type { Profile, Registered, SignedIn } from '../../../shared/account.ts';
import { createCredentials, type Credentials } from './credentials.ts';
import { grantOf, receivedAt, type Grant } from './grant.ts';
import type { SignInHint } from './hint.ts';
import { endEverywhere } from './end-everywhere.ts';
import { createHolder } from './holder.ts';
import { createRenewal, type RenewalDeps } from './renewal.ts';
import type { EndCause, SessionState } from './state.ts';
import { createStore, type Store } from './store.ts';
import type { TabChannel } from './tab-channel.ts';
import type { Renewed, TabMessage } from './tab-message.ts';

/** Older than any question that was asked here. */
const BEFORE_ALL = 0;

export interface SessionDeps extends RenewalDeps {
  hint: SignInHint;
  callLogout(accessToken: string | undefined): Promise<void>;
}

/** The browser's side of a session: the access token in memory, kept fresh, the same in every tab. */
export interface Session {
  getState: () => SessionState;
  subscribe: (listener: () => void) => () => void;
  /** Finds out who is signed in: one refresh where this browser has signed in before, else no request at all. */
  start(): void;
  /** Call when the page is seen again or the network is back. */
  wake: () => void;
  /** One attempt now instead of after the back-off's pause; none while the server has asked to be left alone. */
  retry: () => void;
  /** Call when the page comes back from the back/forward cache, where it heard nothing of the other tabs. */
  revalidate(): void;
  /**
   * Makes `call` and holds the tokens that it brings, unless a newer sign-in or a sign-out began meanwhile. A
   * registration may bring none, when the address has to be confirmed first. Returns what `call` has returned.
   */
  signIn<Answer extends Registered>(call: () => Promise<Answer>): Promise<Answer>;
  /** Makes `call`, which brings new tokens of the session that goes on, and holds them in every tab. */
  renewWith(call: () => Promise<SignedIn>): Promise<void>;
  /** Fails when the server cannot be told; then the person is still signed in. */
  signOut(): Promise<void>;
  /** Makes `call`, which ends this session on the server, and ends it in every tab. */
  endWith(call: () => Promise<unknown>, cause: EndCause): Promise<void>;
  /** The sign-in in this tab has kept an account that was to be erased, and the person has yet to be told. */
  accountKept: Store<boolean>;
  /** The profile was changed here. Shown in every tab. */
  updateUser(user: Profile): void;
  /** Makes `call` and shows the profile that it brings, unless the profile has been changed in the meantime. */
  checkUser(call: () => Promise<Profile>): Promise<Profile>;
  credentials: Credentials;
  /** To the other tabs. */
  channel: TabChannel;
}

export function createSession(deps: SessionDeps): Session {
  const { channel, hint, timers } = deps;
  const holder = createHolder(hint);
  const renewal = createRenewal(holder, deps);
  /** Sign-ins and sign-outs that were begun in this tab: only the newest may take effect. */
  let intents = 0;
  /** Milliseconds, in whichever tab it was. A tab that came later knows of none: it has asked the cookie. */
  let signedInAt = -Infinity;
  const accountKept = createStore(false);

  function start(): void {
    if (!hint.read()) return end(undefined);
    holder.restore();
    void renewal.refresh();
  }

  function end(cause: EndCause | undefined): void {
    holder.end(cause);
    renewal.reset();
  }

  async function signIn<Answer extends Registered>(call: () => Promise<Answer>): Promise<Answer> {
    const intent = (intents += 1);
    renewal.abandon();
    const answer = await call().catch((error: unknown) => {
      renewal.wake();
      throw error;
    });
    if ('status' in answer) renewal.wake();
    // Against another tab's sign-in the later answer wins, because the cookie jar decides in the same way.
    else if (intent === intents) take(answer);
    return answer;
  }

  function take(signedIn: SignedIn): void {
    const grant = grantOf(signedIn, timers.now());
    accountKept.set(signedIn.deletionCancelled === true);
    begin(grant);
    channel.post({ kind: 'signed_in', grant });
  }

  function begin(grant: Grant): void {
    // An answer that comes after this would bring back the cookie of the session before.
    renewal.abandon();
    signedInAt = receivedAt(grant);
    holder.begin(grant);
    renewal.reset();
  }

  async function renewWith(call: () => Promise<SignedIn>): Promise<void> {
    const [epoch, asked, askedAt] = [holder.epoch(), holder.ask(), timers.now()];
    const signedIn = await call();
    if (epoch !== holder.epoch()) return;
    renewal.abandon();
    const news = renewal.renew(grantOf(signedIn, timers.now()), asked);
    if (news) channel.post({ kind: 'renewed', ...news, askedAt });
  }

  async function signOut(): Promise<void> {
    intents += 1;
    renewal.pause();
    const [epoch, askedAt] = [holder.epoch(), timers.now()];
    try {
      await deps.callLogout(holder.grant()?.accessToken);
      if (epoch !== holder.epoch()) return;
      const accessToken = holder.grant()?.accessToken;
      end('signed_out');
      channel.post({ kind: 'signed_out', accessToken, askedAt });
    } finally {
      renewal.resume();
    }
  }

  async function endWith(call: () => Promise<unknown>, cause: EndCause): Promise<void> {
    const epoch = holder.epoch();
    await call();
    if (epoch !== holder.epoch()) return;
    endEverywhere({ holder, channel }, cause);
    renewal.reset();
  }

  /**
   * Whether another tab speaks of the session that is held here: of its very token, or of what it has asked for since
   * the sign-in. A tab that has yet to hear of a sign-in speaks of the session before it, and perhaps of another person.
   */
  function isOfThisSession({ accessToken, askedAt }: { accessToken: string | undefined; askedAt: number }) {
    const held = holder.grant()?.accessToken;
    return held === undefined || held === accessToken || askedAt >= signedInAt;
  }

  function hearSignIn(grant: Grant): void {
    const held = holder.grant()?.accessToken;
    accountKept.set(false);
    begin(grant);
    // Two tabs that sign in at once may each hear of the other last: only the cookie knows who came last.
    if (held !== undefined && held !== grant.accessToken) void renewal.refresh();
  }

  function hearRenewal({ grant, previous, askedAt }: Renewed): void {
    // For the token. Of a profile that is known here the other tab may not have heard the latest.
    if (isOfThisSession({ accessToken: previous, askedAt })) renewal.renew(grant, BEFORE_ALL);
    // Dropped, it costs at most a refresh of this tab's own; when it is somebody else's, the cookie may be too.
    else if (holder.grant()?.user.id !== grant.user.id) void renewal.refresh();
  }

  function hear(message: TabMessage): void {
    switch (message.kind) {
      case 'signed_in':
        return hearSignIn(message.grant);
      case 'renewed':
        return hearRenewal(message);
      case 'profile':
        return holder.updateUser(message.user);
      case 'signed_out':
        if (message.accessToken === undefined || isOfThisSession(message)) end('signed_out');
        return undefined;
      case 'ended':
        if (message.accessToken === holder.grant()?.accessToken) end(message.cause);
        return undefined;
      case 'live_wanted':
      case 'live_over':
      case 'live':
      case 'notice_read':
        return undefined; // for whoever listens to the server
    }
  }

  channel.listen(hear);

  return {
    getState: holder.state.get,
    subscribe: holder.state.subscribe,
    start,
    wake: renewal.wake,
    retry: () => void renewal.refresh(),
    revalidate() {
      if (holder.state.get().status === 'signed_out') return start();
      // Signed out in another tab, it seems: what the page shows may be for nobody's eyes any more.
      if (hint.isGone()) holder.restore();
      void renewal.refresh();
    },
    signIn,
    renewWith,
    signOut,
    endWith,
    accountKept,
    updateUser(user) {
      holder.updateUser(user);
      channel.post({ kind: 'profile', user });
    },
    async checkUser(call) {
      const asked = holder.ask();
      const user = await call();
      holder.updateUser(user, asked);
      return user;
    },
    credentials: createCredentials(holder, { renewal, timers, channel }),
    channel,
  };
}
