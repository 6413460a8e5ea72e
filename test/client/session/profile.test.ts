import { expect, test } from 'vitest';
import type { RefreshOutcome } from '../../../client/lib/session/refresh-outcome.ts';
import { MINUTE } from '../../support/clock.ts';
import { ADA, BOB, createBrowser, createDelayed, signedInAs, tokenOf } from '../support/browser.ts';

const COUNTESS = { ...ADA, name: 'Countess' };

test('a refresh that was asked for before a change brings its token, and not the profile from before', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  const late = createDelayed<RefreshOutcome>();
  server.refresh = () => late.promise;
  tab.retry();
  await timers.settle();
  tab.updateUser(COUNTESS);
  late.answer({ kind: 'renewed', signedIn: signedInAs(ADA, 'late') });
  await timers.settle();
  expect(tab.getState()).toMatchObject({ user: COUNTESS });
  expect(await tokenOf(tab)).toBe('late');
});

test('a refresh that was asked for after a change brings what the profile is by then', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  tab.updateUser(COUNTESS);
  server.refresh = async () => ({ kind: 'renewed', signedIn: signedInAs(ADA, 'newer') });
  tab.retry();
  await timers.settle();
  expect(tab.getState()).toMatchObject({ user: ADA });
});

test('another tab’s refresh brings the token only: it may not have heard of a change that was made here', async () => {
  const { openTab, openSignedInTab, server, timers } = createBrowser({ messageDelay: 50 });
  const other = openTab();
  const tab = await openSignedInTab();
  await timers.advance(50);
  server.refresh = async () => ({ kind: 'renewed', signedIn: signedInAs(ADA, 'newer') });
  other.retry();
  await timers.settle();
  tab.updateUser(COUNTESS);
  await timers.advance(MINUTE);
  expect(await tokenOf(tab)).toBe('newer');
  expect(tab.getState()).toMatchObject({ user: COUNTESS });
  expect(other.getState()).toMatchObject({ user: COUNTESS });
});

test('a refresh tells the other tabs the profile as it is known, not as it was when it was asked for', async () => {
  const { openTab, openSignedInTab, server, timers, stored } = createBrowser({ hasLocks: false });
  const tab = await openSignedInTab();
  const late = createDelayed<RefreshOutcome>();
  server.refresh = () => late.promise;
  tab.retry();
  await timers.settle();
  tab.updateUser(COUNTESS);
  await timers.settle();
  stored.set('sallyport-signed-in', '1');
  server.refresh = () => new Promise(() => {});
  const restoring = openTab();
  restoring.start();
  late.answer({ kind: 'renewed', signedIn: signedInAs(ADA, 'late') });
  await timers.settle();
  expect(restoring.getState()).toMatchObject({ status: 'signed_in', user: COUNTESS });
});

test('every answer about the profile shows, also one that says the same as the answer before', async () => {
  const { openSignedInTab } = createBrowser();
  const tab = await openSignedInTab();
  await tab.checkUser(async () => ADA);
  tab.updateUser(COUNTESS);
  await tab.checkUser(async () => ADA);
  expect(tab.getState()).toMatchObject({ user: ADA });
});

test('an answer about the profile that was asked for before a change is dropped', async () => {
  const { openSignedInTab } = createBrowser();
  const tab = await openSignedInTab();
  const late = createDelayed<typeof ADA>();
  const checking = tab.checkUser(() => late.promise);
  tab.updateUser(COUNTESS);
  late.answer(ADA);
  await checking;
  expect(tab.getState()).toMatchObject({ user: COUNTESS });
});

test('an answer about somebody who is not signed in any more is dropped', async () => {
  const { openSignedInTab } = createBrowser();
  const tab = await openSignedInTab();
  const late = createDelayed<typeof ADA>();
  const checking = tab.checkUser(() => late.promise);
  await tab.signIn(async () => signedInAs(BOB, 'bob'));
  late.answer(ADA);
  await checking;
  expect(tab.getState()).toMatchObject({ user: BOB });
});

test('a change is told to the other tabs once, an answer about the profile not at all', async () => {
  const { openTab, openSignedInTab, timers } = createBrowser();
  const other = openTab();
  const tab = await openSignedInTab();
  let changes = 0;
  other.subscribe(() => (changes += 1));
  tab.updateUser(COUNTESS);
  await tab.checkUser(async () => COUNTESS);
  await timers.settle();
  expect(changes).toBe(1);
});
