import { describe, expect, test } from 'vitest';
import type { RefreshOutcome } from '../../../client/lib/session/refresh-outcome.ts';
import { pause } from '../../../client/lib/session/timers.ts';
import { MINUTE, SECOND } from '../../support/clock.ts';
import { ADA, BOB, createBrowser, createDelayed, signedInAs, tokenOf } from '../support/browser.ts';

test('a sign-in in one tab signs the others in, without a request of their own', async () => {
  const { openTab, server, timers } = createBrowser();
  const [tab, other] = [openTab(), openTab()];
  tab.start();
  other.start();
  await tab.signIn(async () => signedInAs(ADA, 'shared'));
  await timers.settle();
  expect(other.getState()).toMatchObject({ status: 'signed_in', user: { name: 'Ada' } });
  expect(await tokenOf(other)).toBe('shared');
  expect(server.refreshes).toBe(0);
});

test('a sign-out in one tab signs the others out', async () => {
  const { openTab, openSignedInTab, timers } = createBrowser();
  const other = openTab();
  const tab = await openSignedInTab();
  await tab.signOut();
  await timers.settle();
  expect(other.getState()).toMatchObject({ status: 'signed_out', cause: 'signed_out' });
});

test('a sign-in by somebody else replaces the person in every tab', async () => {
  const { openSignedInTab, openTab, server, timers } = createBrowser();
  const tab = await openSignedInTab(ADA);
  const other = openTab();
  server.refresh = async () => ({ kind: 'renewed', signedIn: signedInAs(BOB, 'newer') });
  await other.signIn(async () => signedInAs(BOB, 'bob'));
  await timers.settle();
  expect(tab.getState()).toMatchObject({ status: 'signed_in', user: { name: 'Bob' } });
});

test('a new name shows in every tab of that person', async () => {
  const { openSignedInTab, openTab, timers } = createBrowser();
  const other = openTab();
  const tab = await openSignedInTab();
  tab.updateUser({ ...ADA, name: 'Countess' });
  await timers.settle();
  expect(other.getState()).toMatchObject({ user: { name: 'Countess' } });
  tab.updateUser({ ...BOB, name: 'Somebody else' });
  await timers.settle();
  expect(other.getState()).toMatchObject({ user: { name: 'Countess' } });
});

test('ten tabs whose token runs out at once make one request between them', async () => {
  const { openTab, openSignedInTab, server, timers } = createBrowser();
  const others = Array.from({ length: 9 }, () => openTab());
  const tabs = [await openSignedInTab(), ...others];
  await timers.advance(14 * MINUTE);
  expect(server.refreshes).toBe(1);
  expect(new Set(await Promise.all(tabs.map(tokenOf)))).toEqual(new Set(['token-2']));
});

test.each([
  ['before the lock is free', 0],
  ['a moment after it', 50],
])(
  'tabs that ask in the same moment share one request, when its outcome is heard %s',
  async (_, messageDelay) => {
    const { openTab, server, timers } = createBrowser({ hasSignedIn: true, messageDelay });
    const answer = createDelayed<RefreshOutcome>();
    server.refresh = () => answer.promise;
    const tabs = [openTab(), openTab(), openTab()];
    tabs.forEach((tab) => tab.start());
    await timers.settle();
    answer.answer({ kind: 'renewed', signedIn: signedInAs(ADA, 'shared') });
    await timers.advance(SECOND);
    expect(await Promise.all(tabs.map(tokenOf))).toEqual(['shared', 'shared', 'shared']);
    expect(server.refreshes).toBe(1);
  },
);

test('a sign-in in another tab while this one signs out is not undone', async () => {
  const { openTab, openSignedInTab, server, timers } = createBrowser();
  const tab = await openSignedInTab();
  const logout = createDelayed<void>();
  server.logout = () => logout.promise;
  const signingOut = tab.signOut();
  await openTab().signIn(async () => signedInAs(BOB, 'bob'));
  await timers.settle();
  logout.answer();
  await signingOut;
  expect(tab.getState()).toMatchObject({ status: 'signed_in', user: { name: 'Bob' } });
});

test('a tab that holds the lock and never finishes keeps nobody waiting longer than five seconds', async () => {
  const { openTab, openSignedInTab, server, timers } = createBrowser();
  const working = server.refresh;
  const other = openTab();
  const stuck = await openSignedInTab();
  server.refresh = () => new Promise<RefreshOutcome>(() => {});
  stuck.retry();
  await timers.settle();
  server.refresh = working;
  other.retry();
  await timers.advance(4 * SECOND);
  expect(server.refreshes).toBe(1);
  await timers.advance(2 * SECOND);
  expect(server.refreshes).toBe(2);
  expect(await tokenOf(other)).toBe('token-2');
});

test('without navigator.locks every tab refreshes for itself and all stay signed in', async () => {
  const { openTab, openSignedInTab, server, timers } = createBrowser({ hasLocks: false });
  const other = openTab();
  const tab = await openSignedInTab();
  tab.retry();
  other.retry();
  await timers.settle();
  expect(server.refreshes).toBe(2);
  expect([tab.getState().status, other.getState().status]).toEqual(['signed_in', 'signed_in']);
});

test('a renewal that another tab sent before it heard of the sign-out is dropped', async () => {
  const { openTab, openSignedInTab, server, timers } = createBrowser({ hasLocks: false });
  const other = openTab();
  const tab = await openSignedInTab();
  const late = createDelayed<RefreshOutcome>();
  server.refresh = () => late.promise;
  other.retry();
  await timers.settle();
  const signingOut = tab.signOut();
  late.answer({ kind: 'renewed', signedIn: signedInAs(ADA, 'late') });
  await signingOut;
  await timers.settle();
  expect([tab.getState().status, other.getState().status]).toEqual(['signed_out', 'signed_out']);
});

test('an end that one tab is told of by a refresh reaches the others, with its reason', async () => {
  const { openTab, openSignedInTab, server, timers } = createBrowser();
  const other = openTab();
  const tab = await openSignedInTab();
  server.refresh = async () => ({ kind: 'ended', cause: 'password_changed' });
  tab.retry();
  await timers.settle();
  expect(other.getState()).toMatchObject({ status: 'signed_out', cause: 'password_changed' });
  expect(server.refreshes).toBe(1);
});

test('an end that is about another access token signs nobody out', async () => {
  const { openTab, openSignedInTab, timers } = createBrowser();
  const tab = await openSignedInTab();
  openTab().channel.post({ kind: 'ended', cause: 'ended_elsewhere', accessToken: 'of the session before' });
  await timers.settle();
  expect(tab.getState().status).toBe('signed_in');
});

test('a tab whose own session has ended does not sign out a tab that has signed in since', async () => {
  const { openTab, openSignedInTab, server, timers } = createBrowser({ hasLocks: false });
  const tab = await openSignedInTab();
  const late = createDelayed<RefreshOutcome>();
  server.refresh = () => late.promise;
  tab.retry();
  server.refresh = async () => ({ kind: 'renewed', signedIn: signedInAs(ADA, 'newest') });
  const other = openTab();
  await other.signIn(async () => signedInAs(ADA, 'newer'));
  late.answer({ kind: 'ended', cause: 'revoked' });
  await timers.settle();
  expect([tab.getState().status, other.getState().status]).toEqual(['signed_in', 'signed_in']);
});

test('two people who sign in at once, each heard of last by the other, end with the one whose the cookie is', async () => {
  const { openTab, server, timers } = createBrowser({ messageDelay: 50 });
  const [one, two] = [openTab(), openTab()];
  for (const tab of [one, two]) tab.start();
  server.refresh = async () => ({ kind: 'renewed', signedIn: signedInAs(BOB, 'from the cookie') });
  await Promise.all([
    one.signIn(async () => signedInAs(ADA, 'ada')),
    two.signIn(async () => signedInAs(BOB, 'bob')),
  ]);
  await timers.advance(1000);
  for (const tab of [one, two]) expect(tab.getState()).toMatchObject({ user: { name: 'Bob' } });
});

test('a person who signs in in two tabs at once has the session in both whose the cookie is', async () => {
  const { openTab, server, timers } = createBrowser({ messageDelay: 50 });
  const tabs = [openTab(), openTab()];
  for (const tab of tabs) tab.start();
  server.refresh = async () => {
    await pause(timers, 200);
    return { kind: 'renewed', signedIn: signedInAs(ADA, 'from the cookie') };
  };
  await Promise.all(tabs.map((tab, index) => tab.signIn(async () => signedInAs(ADA, `session ${index}`))));
  await timers.advance(SECOND);
  expect(await Promise.all(tabs.map(tokenOf))).toEqual(['from the cookie', 'from the cookie']);
  expect(server.refreshes).toBe(1);
});

test.each([
  ['the same person', ADA],
  ['somebody else', BOB],
])(
  'a renewal of the session before is not taken by a tab in which %s has just signed in',
  async (_, user) => {
    const { openTab, openSignedInTab, server, timers } = createBrowser({ hasLocks: false, messageDelay: 50 });
    const tab = await openSignedInTab(ADA);
    const other = openTab();
    await timers.advance(SECOND);
    const late = createDelayed<RefreshOutcome>();
    server.refresh = () => late.promise;
    tab.retry();
    await timers.advance(10);
    await other.signIn(async () => signedInAs(user, 'newer'));
    server.refresh = () => new Promise(() => {});
    late.answer({ kind: 'renewed', signedIn: signedInAs(ADA, 'of the session before') });
    await timers.advance(SECOND);
    expect([await tokenOf(tab), await tokenOf(other)]).toEqual(['newer', 'newer']);
    expect(other.getState()).toMatchObject({ user });
  },
);

test('a tab that was opened later shares what it is given with those that hold an older token', async () => {
  const { openTab, openSignedInTab, timers } = createBrowser();
  const tab = await openSignedInTab();
  await timers.advance(MINUTE);
  const later = openTab();
  later.start();
  await timers.settle();
  expect([await tokenOf(tab), await tokenOf(later)]).toEqual(['token-2', 'token-2']);
});

test('a sign-out that another tab’s sign-in overlaps does not undo it', async () => {
  const { openTab, openSignedInTab, server, timers } = createBrowser({ messageDelay: 50 });
  const tab = await openSignedInTab();
  const other = openTab();
  await timers.advance(SECOND);
  const logout = createDelayed<void>();
  server.logout = () => logout.promise;
  const leaving = tab.signOut();
  await timers.advance(10);
  await other.signIn(async () => signedInAs(ADA, 'newer'));
  logout.answer();
  await leaving;
  await timers.advance(SECOND);
  expect([await tokenOf(tab), await tokenOf(other)]).toEqual(['newer', 'newer']);
});

describe('an answer that comes late', () => {
  test('after another tab was given a newer cookie is asked for once more, which brings the newest back', async () => {
    const { openSignedInTab, openTab, server, timers } = createBrowser({ hasLocks: false });
    const tab = await openSignedInTab();
    const other = openTab();
    other.start();
    await timers.settle();
    const late = createDelayed<RefreshOutcome>();
    const answer = server.refresh;
    server.refresh = () => late.promise;
    tab.retry();
    await timers.settle();
    server.refresh = answer;
    await timers.advance(3000);
    other.retry();
    await timers.settle();
    const before = server.refreshes;
    late.answer({ kind: 'renewed', signedIn: signedInAs(ADA, 'overtaken') });
    await timers.settle();
    expect(server.refreshes).toBe(before + 1);
    expect(await tokenOf(tab)).not.toBe('overtaken');
  });

  test('is broken off when somebody signs in: its cookie would replace theirs', async () => {
    const { openSignedInTab, openTab, server, timers } = createBrowser({ hasLocks: false });
    const tabs = [await openSignedInTab(), openTab()];
    tabs[1]?.start();
    await timers.settle();
    const signals: AbortSignal[] = [];
    server.refresh = (signal) => {
      signals.push(signal);
      return new Promise(() => {});
    };
    for (const tab of tabs) tab.retry();
    await timers.settle();
    server.refresh = () => new Promise(() => {});
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    await tabs[0]?.signIn(async () => signedInAs(ADA, 'newer'));
    await timers.settle();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  test('is dropped after a call that has brought new tokens of the same session, in every tab', async () => {
    const { openSignedInTab, openTab, server, timers } = createBrowser({ hasLocks: false });
    const tab = await openSignedInTab();
    const other = openTab();
    other.start();
    await timers.settle();
    const late = createDelayed<RefreshOutcome>();
    server.refresh = () => late.promise;
    tab.retry();
    await timers.settle();
    await tab.renewWith(async () => signedInAs(ADA, 'newest'));
    late.answer({ kind: 'renewed', signedIn: signedInAs(ADA, 'overtaken') });
    await timers.settle();
    expect([await tokenOf(tab), await tokenOf(other)]).toEqual(['newest', 'newest']);
  });
});
