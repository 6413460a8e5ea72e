import { expect, test } from 'vitest';
import { takeLinkTokens } from '../../client/lib/link-token.ts';

/** As much of a window as is asked for: an address, its history entry, and what happens when the fragment changes. */
function openPage(address: string) {
  const location = { pathname: '', search: '', hash: '' };
  const state = { key: 'abc' };
  const replaced: unknown[][] = [];
  let onPopState = (): void => {};
  const go = (to: string): void => {
    const { pathname, search, hash } = new URL(to, 'http://localhost');
    Object.assign(location, { pathname, search, hash });
  };
  go(address);
  const history = {
    state,
    replaceState(...call: [unknown, string, string]) {
      replaced.push(call);
      go(call[2]);
    },
  };
  const addEventListener = (_type: string, listener: () => void) => void (onPopState = listener);
  // Nothing else of it is used.
  const page = { location, history, addEventListener } as unknown as Window;
  return {
    page,
    state,
    replaced,
    address: () => location.pathname + location.search + location.hash,
    paste: (to: string) => {
      go(to);
      onPopState();
    },
  };
}

test('the token is taken out of the address and of its history entry, and kept for its own page', () => {
  const { page, state, replaced, address } = openPage('/verify-email?lang=en#token=abc_-9');
  const tokens = takeLinkTokens(page);
  expect(tokens.get()).toEqual({ path: '/verify-email', token: 'abc_-9' });
  expect(address()).toBe('/verify-email?lang=en');
  expect(replaced).toEqual([[state, '', '/verify-email?lang=en']]);
});

test('a second link in the same tab takes the place of the first, and is taken out as well', () => {
  const { page, address, paste } = openPage('/verify-email#token=first');
  const tokens = takeLinkTokens(page);
  let changes = 0;
  tokens.subscribe(() => (changes += 1));
  paste('/verify-email#token=second');
  expect(tokens.get()).toEqual({ path: '/verify-email', token: 'second' });
  expect(address()).toBe('/verify-email');
  expect(changes).toBe(1);
});

test.each(['/verify-email', '/profile#here', '/verify-email#tokens=abc'])(
  '%s has none, and stays',
  (path) => {
    const { page, address, replaced } = openPage(path);
    expect(takeLinkTokens(page).get()).toBeUndefined();
    expect(address()).toBe(path);
    expect(replaced).toEqual([]);
  },
);

test('a link that has lost its token leaves nothing behind, not even the token before it', () => {
  const { page, address, paste } = openPage('/verify-email#token=first');
  const tokens = takeLinkTokens(page);
  paste('/verify-email#token=');
  expect(tokens.get()).toBeUndefined();
  expect(address()).toBe('/verify-email');
});
