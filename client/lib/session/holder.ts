import type { Profile } from '../../../shared/account.ts';
import type { Grant } from './grant.ts';
import type { SignInHint } from './hint.ts';
import type { Connection, EndCause, SessionState } from './state.ts';
import { createStore, type Store } from './store.ts';

/**
 * Who is signed in, and with which access token: the one place where either changes. The epoch counts the
 * changes of person; whoever started work in an earlier epoch must drop its result, or an answer that comes
 * after a sign-out would sign the person in again (supabase/auth-js#213).
 */
export interface Holder {
  state: Pick<Store<SessionState>, 'get' | 'subscribe'>;
  grant(): Grant | undefined;
  epoch(): number;
  restore(): void;
  begin(grant: Grant): void;
  /** A newer token of the session that is held. Nobody signed in: nothing to renew, and false. */
  renew(grant: Grant): boolean;
  end(cause: EndCause | undefined): void;
  reportConnection(connection: Connection): void;
  /** Ignored unless it is the person who is signed in. */
  updateUser(user: Profile): void;
}

export function createHolder(hint: SignInHint): Holder {
  const state = createStore<SessionState>({ status: 'restoring', connection: 'ok' });
  let grant: Grant | undefined;
  let epoch = 0;

  const take = (taken: Grant): void => {
    grant = taken;
    hint.set();
    state.set({ status: 'signed_in', connection: 'ok', user: taken.user });
  };

  return {
    state,
    grant: () => grant,
    epoch: () => epoch,
    restore() {
      state.set({ status: 'restoring', connection: 'ok' });
    },
    begin(taken) {
      epoch += 1;
      take(taken);
    },
    renew(taken) {
      if (state.get().status === 'signed_out') return false;
      if (grant && grant.user.id !== taken.user.id) epoch += 1;
      take(taken);
      return true;
    },
    end(cause) {
      epoch += 1;
      grant = undefined;
      hint.clear();
      state.set({ status: 'signed_out', connection: 'ok', cause });
    },
    reportConnection(connection) {
      const current = state.get();
      if (current.status !== 'signed_out') state.set({ ...current, connection });
    },
    updateUser(user) {
      const current = state.get();
      if (current.status !== 'signed_in' || grant?.user.id !== user.id) return;
      grant = { ...grant, user };
      state.set({ ...current, user });
    },
  };
}
