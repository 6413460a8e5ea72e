import { expect, test } from 'vitest';
import type { RefreshOutcome } from '../../../client/lib/session/refresh-outcome.ts';
import { MINUTE, SECOND } from '../../support/clock.ts';
import { ADA, BOB, createBrowser, createDelayed, signedInAs, tokenOf } from '../support/browser.ts';

test('the token is renewed ahead of its expiry, again and again', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  await timers.advance(12 * MINUTE);
  expect(server.refreshes).toBe(0);
  await timers.advance(2 * MINUTE);
  expect(server.refreshes).toBe(1);
  expect(await tokenOf(tab)).toBe('token-2');
  await timers.advance(60 * MINUTE);
  expect(server.refreshes).toBe(5);
});

test('expiry counts from receipt on the local clock, whatever the token itself says', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  // An hour ahead of the server: by `exp` the token would have expired before it arrived.
  await timers.advance(60 * MINUTE);
  const tab = await openSignedInTab();
  expect(await tokenOf(tab)).toBe('token-1');
  expect(server.refreshes).toBe(0);
});

test('a call with a token that is about to expire waits for the new one', async () => {
  const { openTab, server, timers } = createBrowser();
  const tab = openTab({ isVisible: () => false });
  await tab.signIn(async () => signedInAs(ADA, 'old'));
  await timers.advance(15 * MINUTE - 5 * SECOND);
  expect(await tokenOf(tab)).toBe('token-1');
  expect(server.refreshes).toBe(1);
});

test('any number of calls at once share one refresh', async () => {
  const { openTab, server, timers } = createBrowser();
  const tab = openTab({ isVisible: () => false });
  await tab.signIn(async () => signedInAs(ADA, 'old'));
  await timers.advance(20 * MINUTE);
  const tokens = await Promise.all(Array.from({ length: 25 }, () => tokenOf(tab)));
  expect(new Set(tokens)).toEqual(new Set(['token-1']));
  expect(server.refreshes).toBe(1);
});

test('a hidden page does not keep the session alive; it catches up when it is seen again', async () => {
  let isVisible = false;
  const { openTab, server, timers } = createBrowser();
  const tab = openTab({ isVisible: () => isVisible });
  await tab.signIn(async () => signedInAs(ADA, 'old'));
  await timers.advance(120 * MINUTE);
  expect(server.refreshes).toBe(0);
  isVisible = true;
  tab.wake();
  await timers.settle();
  expect(server.refreshes).toBe(1);
  expect(tab.getState().status).toBe('signed_in');
});

test('being seen again early in a token’s life asks for nothing', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  await timers.advance(MINUTE);
  tab.wake();
  await timers.settle();
  expect(server.refreshes).toBe(0);
});

test('a lost connection keeps the person signed in, says so, and is retried with growing pauses', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const working = server.refresh;
  const tab = await openSignedInTab();
  server.refresh = async () => ({ kind: 'unavailable', connection: 'unreachable' });
  await timers.advance(14 * MINUTE);
  expect(tab.getState()).toEqual({ status: 'signed_in', connection: 'unreachable', user: ADA });
  const attempts = server.refreshes;
  expect(attempts).toBeGreaterThan(3);
  await timers.advance(MINUTE);
  expect(server.refreshes - attempts).toBeLessThanOrEqual(5);
  server.refresh = working;
  tab.wake();
  await timers.settle();
  expect(tab.getState()).toEqual({ status: 'signed_in', connection: 'ok', user: ADA });
});

test('a throttled refresh waits as long as the server says, even when the page is woken meanwhile', async () => {
  const { openTab, server, timers } = createBrowser({ hasSignedIn: true });
  server.refresh = async () => ({ kind: 'unavailable', connection: 'busy', retryAfter: 40 });
  const tab = openTab();
  tab.start();
  await timers.advance(39 * SECOND);
  tab.wake();
  tab.retry();
  await timers.settle();
  expect(server.refreshes).toBe(1);
  expect(tab.getState()).toEqual({ status: 'restoring', connection: 'busy' });
  await timers.advance(2 * SECOND);
  expect(server.refreshes).toBe(2);
});

test('only the server’s word about the session ends it', async () => {
  const { openSignedInTab, server, timers, stored } = createBrowser();
  const tab = await openSignedInTab();
  server.refresh = async () => ({ kind: 'ended', cause: 'revoked' });
  await timers.advance(14 * MINUTE);
  expect(tab.getState()).toEqual({ status: 'signed_out', connection: 'ok', cause: 'revoked' });
  expect(stored.size).toBe(0);
});

test('a clock that is set back by an hour leads to a refresh, not to an hour with a dead token', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  await timers.advance(-60 * MINUTE);
  tab.wake();
  await timers.settle();
  expect(server.refreshes).toBe(1);
});

test('a page from the back/forward cache asks whether the session still stands', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  server.refresh = async () => ({ kind: 'ended', cause: 'expired' });
  tab.revalidate();
  await timers.settle();
  expect(tab.getState().status).toBe('signed_out');
});

test('a refresh that answers after a newer sign-in is dropped', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  const late = createDelayed<RefreshOutcome>();
  server.refresh = () => late.promise;
  await timers.advance(14 * MINUTE);
  await tab.signIn(async () => signedInAs({ ...ADA, name: 'Ada again' }, 'newer'));
  late.answer({ kind: 'ended', cause: 'revoked' });
  await timers.settle();
  expect(tab.getState()).toMatchObject({ status: 'signed_in', user: { name: 'Ada again' } });
  expect(await tokenOf(tab)).toBe('newer');
});

test('a refresh that stalls for one person does not stand in the way of the next', async () => {
  const { openTab, server, timers } = createBrowser({ hasLocks: false });
  const working = server.refresh;
  const tab = openTab();
  await tab.signIn(async () => signedInAs(ADA, 'ada'));
  server.refresh = () => new Promise(() => {});
  tab.retry();
  await timers.settle();
  await tab.signIn(async () => signedInAs(BOB, 'bob'));
  server.refresh = working;
  tab.retry();
  await timers.settle();
  expect(server.refreshes).toBe(2);
});

test('a refresh that waits for its turn while the person signs out is not made', async () => {
  const { openTab, server, timers } = createBrowser({ hasSignedIn: true });
  server.refresh = () => new Promise(() => {});
  const [first, second] = [openTab(), openTab()];
  first.start();
  second.start();
  await timers.settle();
  await first.signOut();
  await timers.advance(MINUTE);
  expect(server.refreshes).toBe(1);
  expect(second.getState().status).toBe('signed_out');
});

test('a refresh that answers after another person has signed in is told to no tab', async () => {
  const { openTab, openSignedInTab, server, timers } = createBrowser();
  const other = openTab();
  const tab = await openSignedInTab(ADA);
  const late = createDelayed<RefreshOutcome>();
  server.refresh = () => late.promise;
  tab.retry();
  await timers.settle();
  await tab.signIn(async () => signedInAs(BOB, 'bob'));
  late.answer({ kind: 'renewed', signedIn: signedInAs(ADA, 'late') });
  await timers.settle();
  expect(other.getState()).toMatchObject({ user: BOB });
  expect(await tokenOf(other)).toBe('bob');
});

test('a refresh that brings another person lets no call of the first one go on', async () => {
  const { openTab, server, timers } = createBrowser();
  const tab = openTab({ isVisible: () => false });
  await tab.signIn(async () => signedInAs(ADA, 'ada'));
  await timers.advance(20 * MINUTE);
  server.refresh = async () => ({ kind: 'renewed', signedIn: signedInAs(BOB, 'bob') });
  await expect(tokenOf(tab)).rejects.toThrow('The session has changed.');
  expect(tab.getState()).toMatchObject({ user: BOB });
  expect(await tokenOf(tab)).toBe('bob');
});

test('a refresh that succeeds ends the series of attempts', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const working = server.refresh;
  const tab = await openSignedInTab();
  server.refresh = async () => ({ kind: 'unavailable', connection: 'unreachable' });
  tab.retry();
  await timers.settle();
  server.refresh = working;
  await timers.advance(SECOND);
  expect(server.refreshes).toBe(2);
  await timers.advance(10 * MINUTE);
  expect(server.refreshes).toBe(2);
});

test('a new sign-in does not have to wait as long as the server told the one before', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const working = server.refresh;
  const tab = await openSignedInTab();
  server.refresh = async () => ({ kind: 'unavailable', connection: 'busy', retryAfter: 3600 });
  tab.retry();
  await timers.settle();
  await tab.signIn(async () => signedInAs(ADA, 'again'));
  server.refresh = working;
  await timers.advance(14 * MINUTE);
  expect(server.refreshes).toBe(2);
});

test('nor does a page that is restored after a call has said that the session was ended', async () => {
  const { openSignedInTab, server, timers, stored } = createBrowser();
  const working = server.refresh;
  const tab = await openSignedInTab();
  server.refresh = async () => ({ kind: 'unavailable', connection: 'busy', retryAfter: 3600 });
  tab.retry();
  await timers.settle();
  tab.credentials.reportRevoked(await tab.credentials.current(), undefined);
  expect(tab.getState()).toMatchObject({ status: 'signed_out', cause: 'revoked' });
  // Another tab signed in, while this page stood in the back/forward cache and heard nothing.
  stored.set('sallyport-signed-in', '1');
  server.refresh = working;
  tab.revalidate();
  expect(tab.getState().status).toBe('restoring');
  await timers.settle();
  expect(tab.getState().status).toBe('signed_in');
});

test.each([
  ['no time to wait', undefined],
  ['40 seconds', 40],
])('a clock that is set back after a failure with %s blocks no refresh', async (_, retryAfter) => {
  const { openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  server.refresh = async () => ({ kind: 'unavailable', connection: 'busy', retryAfter });
  tab.retry();
  await timers.settle();
  await timers.advance(-60 * MINUTE);
  tab.retry();
  await timers.settle();
  expect(server.refreshes).toBe(2);
});

test('a change of the profile while the refresh waits for its turn is not taken for a new token', async () => {
  const { openTab, openSignedInTab, server, timers } = createBrowser();
  const other = openTab();
  const tab = await openSignedInTab();
  const failing = createDelayed<RefreshOutcome>();
  server.refresh = () => failing.promise;
  other.retry();
  await timers.settle();
  tab.retry();
  await timers.settle();
  tab.updateUser({ ...ADA, name: 'Countess' });
  failing.answer({ kind: 'unavailable', connection: 'busy', retryAfter: 3600 });
  await timers.advance(SECOND);
  expect(server.refreshes).toBe(2);
});

test('a page from the back/forward cache whose session was ended meanwhile shows nothing of it while it asks', async () => {
  const { openSignedInTab, server, timers, stored } = createBrowser();
  const tab = await openSignedInTab();
  stored.clear();
  server.refresh = async () => ({ kind: 'ended', cause: 'expired' });
  tab.revalidate();
  expect(tab.getState().status).toBe('restoring');
  await timers.settle();
  expect(tab.getState().status).toBe('signed_out');
});

test('a page from the back/forward cache that still counts as signed in stays as it is while it asks', async () => {
  const { openSignedInTab } = createBrowser();
  const tab = await openSignedInTab();
  tab.revalidate();
  expect(tab.getState().status).toBe('signed_in');
});
