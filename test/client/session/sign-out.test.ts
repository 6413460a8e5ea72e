import { expect, test } from 'vitest';
import type { RefreshOutcome } from '../../../client/lib/session/refresh-outcome.ts';
import type { SignedIn } from '../../../shared/account.ts';
import { MINUTE } from '../../support/clock.ts';
import { ADA, BOB, createBrowser, createDelayed, signedInAs, tokenOf } from '../support/browser.ts';

test('signing out forgets the token and the hint, and says that it was by choice', async () => {
  const { openSignedInTab, server, stored } = createBrowser();
  const tab = await openSignedInTab();
  await tab.signOut();
  expect(tab.getState()).toEqual({ status: 'signed_out', connection: 'ok', cause: 'signed_out' });
  expect(await tokenOf(tab)).toBeUndefined();
  expect(stored.size).toBe(0);
  expect(server.logouts).toBe(1);
});

test('a sign-out that the server does not hear of fails, and the person is still signed in', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  server.logout = () => Promise.reject(new Error('network'));
  await expect(tab.signOut()).rejects.toThrow('network');
  expect(tab.getState().status).toBe('signed_in');
  await timers.advance(14 * MINUTE);
  expect(server.refreshes, 'the token is still kept fresh').toBe(1);
});

test('a refresh that answers after the sign-out does not sign the person in again', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  const late = createDelayed<RefreshOutcome>();
  server.refresh = () => late.promise;
  await timers.advance(14 * MINUTE);
  await tab.signOut();
  late.answer({ kind: 'renewed', signedIn: signedInAs(ADA, 'late') });
  await timers.settle();
  expect(tab.getState().status).toBe('signed_out');
  expect(await tokenOf(tab)).toBeUndefined();
});

test('a refresh that is refused because of the sign-out under way does not become its reason', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  const refresh = createDelayed<RefreshOutcome>();
  const logout = createDelayed<void>();
  server.refresh = () => refresh.promise;
  server.logout = () => logout.promise;
  await timers.advance(14 * MINUTE);
  const signingOut = tab.signOut();
  refresh.answer({ kind: 'ended', cause: 'revoked' });
  await timers.settle();
  expect(tab.getState().status).toBe('signed_in');
  logout.answer();
  await signingOut;
  expect(tab.getState()).toMatchObject({ cause: 'signed_out' });
});

test('of two sign-ins in one tab the newer one counts, whichever answers last', async () => {
  const { openTab, timers } = createBrowser();
  const tab = openTab();
  tab.start();
  const first = createDelayed<SignedIn>();
  const older = tab.signIn(() => first.promise);
  await tab.signIn(async () => signedInAs(BOB, 'bob'));
  first.answer(signedInAs(ADA, 'ada'));
  await older;
  await timers.settle();
  expect(tab.getState()).toMatchObject({ user: { name: 'Bob' } });
});

test('a sign-in that answers after a sign-out is dropped', async () => {
  const { openSignedInTab, timers } = createBrowser();
  const tab = await openSignedInTab();
  const late = createDelayed<SignedIn>();
  const signingIn = tab.signIn(() => late.promise);
  await tab.signOut();
  late.answer(signedInAs(BOB, 'bob'));
  await signingIn;
  await timers.settle();
  expect(tab.getState()).toMatchObject({ status: 'signed_out', cause: 'signed_out' });
  expect(await tokenOf(tab)).toBeUndefined();
});

test('a failed sign-in changes nothing', async () => {
  const { openTab } = createBrowser();
  const tab = openTab();
  tab.start();
  await expect(tab.signIn(() => Promise.reject(new Error('wrong')))).rejects.toThrow('wrong');
  expect(tab.getState()).toEqual({ status: 'signed_out', connection: 'ok', cause: undefined });
});

test('work of one person never gets the token of the next', async () => {
  const { openTab, server, timers } = createBrowser();
  const tab = openTab({ isVisible: () => false });
  await tab.signIn(async () => signedInAs(ADA, 'ada'));
  await timers.advance(20 * MINUTE);
  const late = createDelayed<RefreshOutcome>();
  server.refresh = () => late.promise;
  const token = tokenOf(tab);
  const refused = expect(token).rejects.toThrow('The session has changed.');
  await timers.settle();
  await tab.signIn(async () => signedInAs(BOB, 'bob'));
  late.answer({ kind: 'renewed', signedIn: signedInAs(ADA, 'ada-2') });
  await refused;
});

test('a page that asks again who is signed in does so at once when a sign-out under way fails', async () => {
  const { openSignedInTab, server, stored, timers } = createBrowser();
  const tab = await openSignedInTab();
  const logout = createDelayed<void>();
  server.logout = () => logout.promise;
  const leaving = tab.signOut();
  stored.delete('sallyport-signed-in');
  tab.revalidate();
  logout.refuse(new Error('no network'));
  await expect(leaving).rejects.toThrow('no network');
  await timers.advance(1);
  expect(tab.getState().status).toBe('signed_in');
});
