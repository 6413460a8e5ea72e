import { createStore, type Store } from './session/store.ts';

/** The token of the link in mail that this page was opened by, if it was. */
export type LinkTokens = Pick<Store<LinkToken | undefined>, 'get' | 'subscribe'>;

interface LinkToken {
  /** Which page it was meant for. */
  path: string;
  token: string;
}

type Page = Pick<Window, 'location' | 'history' | 'addEventListener'>;

/** RFC 3986 §3.5: the fragment never leaves the browser, so no log and no proxy has seen it. */
const FRAGMENT = '#token=';

/**
 * Takes the token out of the address before anything else can read it there: it would stay in the history, in what the
 * browser offers to complete, and in a picture of the screen. Kept in memory only, so that a reload has lost it. Call
 * before the router is made, which would keep the address as it found it.
 */
export function takeLinkTokens(page: Page): LinkTokens {
  const taken = createStore<LinkToken | undefined>(undefined);
  const take = (): void => {
    const { pathname, search, hash } = page.location;
    if (!hash.startsWith(FRAGMENT)) return;
    page.history.replaceState(page.history.state, '', pathname + search);
    const token = hash.slice(FRAGMENT.length);
    taken.set(token === '' ? undefined : { path: pathname, token });
  };
  take();
  // A second link that is pasted into the same tab changes no more than the fragment: nothing is loaded anew.
  page.addEventListener('popstate', take);
  return taken;
}
