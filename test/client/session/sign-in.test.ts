import { expect, test } from 'vitest';
import type { Registered } from '../../../shared/account.ts';
import { ADA, createBrowser, createDelayed, signedInAs } from '../support/browser.ts';

test('a registration that has yet to be confirmed signs nobody in, and says so to whoever asked', async () => {
  const { openTab, timers, stored } = createBrowser();
  const tab = openTab();
  tab.start();
  const other = openTab();
  other.start();
  const answer = await tab.signIn(async () => ({ status: 'verification_sent' }) as const);
  await timers.settle();
  expect(answer).toEqual({ status: 'verification_sent' });
  expect(tab.getState().status).toBe('signed_out');
  expect(other.getState().status).toBe('signed_out');
  expect(stored.size).toBe(0);
});

test('a registration that has yet to be confirmed leaves whoever is signed in as they are', async () => {
  const { openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  const registration = createDelayed<Registered>();
  const asking = tab.signIn(() => registration.promise);
  registration.answer({ status: 'verification_sent' });
  await asking;
  expect(tab.getState().status).toBe('signed_in');
  await timers.advance(14 * 60_000);
  expect(server.refreshes, 'the token is still kept fresh').toBe(1);
});

test('a sign-in that kept the account is told of in its own tab, until the next sign-in', async () => {
  const { openTab, openSignedInTab, server, timers } = createBrowser();
  const tab = openTab();
  const other = await openSignedInTab();
  const signedIn = signedInAs(ADA, server.nextToken());
  await tab.signIn(async () => ({ ...signedIn, deletionCancelled: true }) as const);
  await timers.settle();
  expect(tab.accountKept.get()).toBe(true);
  expect(other.accountKept.get()).toBe(false);
  await other.signIn(async () => signedInAs(ADA, server.nextToken()));
  await timers.settle();
  expect(tab.accountKept.get()).toBe(false);
});

test('a call that ends the session ends it in every tab, with its own cause', async () => {
  const { openSignedInTab, openTab, timers, stored } = createBrowser();
  const tab = await openSignedInTab();
  const other = openTab();
  other.start();
  await timers.settle();
  await tab.endWith(async () => {}, 'account_deleted');
  await timers.settle();
  const over = { status: 'signed_out', connection: 'ok', cause: 'account_deleted' };
  expect(tab.getState()).toEqual(over);
  expect(other.getState()).toEqual(over);
  expect(stored.size).toBe(0);
});

test('a call that was to end the session and fails ends nothing', async () => {
  const { openSignedInTab } = createBrowser();
  const tab = await openSignedInTab();
  const failing = tab.endWith(() => Promise.reject(new Error('network')), 'account_deleted');
  await expect(failing).rejects.toThrow('network');
  expect(tab.getState().status).toBe('signed_in');
});

test('an end that answers after a new sign-in does not end that', async () => {
  const { openSignedInTab, server } = createBrowser();
  const tab = await openSignedInTab();
  const deletion = createDelayed<void>();
  const ending = tab.endWith(() => deletion.promise, 'account_deleted');
  await tab.signIn(async () => signedInAs(ADA, server.nextToken()));
  deletion.answer();
  await ending;
  expect(tab.getState().status).toBe('signed_in');
});
