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
  /** A number to give back with the answer to a question that is asked of the server now. */
  ask(): number;
  /**
   * A newer token of the session that is held, and what is held then: the profile that comes with the token counts
   * only when it is news. Nobody signed in: nothing to renew, and undefined.
   */
  renew(grant: Grant, asked: number): Grant | undefined;
  end(cause: EndCause | undefined): void;
  reportConnection(connection: Connection): void;
  /**
   * Ignored unless it is the person who is signed in. `asked` when it is an answer: one that was asked for before
   * the last change is older than what is held, and dropped. Left out, it is a change.
   */
  updateUser(user: Profile, asked?: number): void;
}

export function createHolder(hint: SignInHint): Holder {
  const state = createStore<SessionState>({ status: 'restoring', connection: 'ok' });
  let grant: Grant | undefined;
  let epoch = 0;
  /** Counts questions and changes, and when what is held of the profile was asked for or changed. */
  let moment = 0;
  let userAsOf = 0;

  const now = (): number => (moment += 1);

  const take = (taken: Grant): void => {
    grant = taken;
    hint.set();
    state.set({ status: 'signed_in', connection: 'ok', user: taken.user });
  };

  return {
    state,
    grant: () => grant,
    epoch: () => epoch,
    ask: now,
    restore() {
      state.set({ status: 'restoring', connection: state.get().connection });
    },
    begin(taken) {
      epoch += 1;
      userAsOf = now();
      take(taken);
    },
    renew(taken, asked) {
      if (state.get().status === 'signed_out') return undefined;
      const isSamePerson = grant?.user.id === taken.user.id;
      if (grant && !isSamePerson) epoch += 1;
      if (grant && isSamePerson && asked < userAsOf) {
        take({ ...taken, user: grant.user });
      } else {
        userAsOf = asked;
        take(taken);
      }
      return grant;
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
    updateUser(user, asked = now()) {
      const current = state.get();
      if (current.status !== 'signed_in' || grant?.user.id !== user.id) return;
      if (asked < userAsOf) return;
      userAsOf = asked;
      grant = { ...grant, user };
      state.set({ ...current, user });
    },
  };
}
