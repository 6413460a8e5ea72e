import { expect, test } from 'vitest';
import type { RefreshOutcome } from '../../../client/lib/session/refresh-outcome.ts';
import { MINUTE, SECOND } from '../../support/clock.ts';
import { ADA, createBrowser, createDelayed, signedInAs, tokenOf } from '../support/browser.ts';

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
