import { expect, test } from 'vitest';
import { ADA, createBrowser, createDelayed, signedInAs, tokenOf } from '../support/browser.ts';
import type { RefreshOutcome } from '../../../client/lib/session/refresh-outcome.ts';

test('a first visit asks the server nothing and is signed out without a reason', async () => {
  const { openTab, server, timers } = createBrowser();
  const tab = openTab();
  tab.start();
  await timers.advance(3_600_000);
  expect(tab.getState()).toEqual({ status: 'signed_out', connection: 'ok', cause: undefined });
  expect(server.refreshes).toBe(0);
});

test('a returning visitor is restored with exactly one request', async () => {
  const { openTab, server, timers } = createBrowser({ hasSignedIn: true });
  const tab = openTab();
  tab.start();
  expect(tab.getState().status).toBe('restoring');
  tab.wake();
  await timers.settle();
  expect(tab.getState()).toEqual({ status: 'signed_in', connection: 'ok', user: ADA });
  expect(server.refreshes).toBe(1);
});

test.each([
  ['expired', 'expired'],
  ['revoked', 'revoked'],
] as const)(
  'a session that has %s in the meantime ends with that reason, and the next visit asks nothing',
  async (_, cause) => {
    const { openTab, server, timers } = createBrowser({ hasSignedIn: true });
    server.refresh = async () => ({ kind: 'ended', cause });
    const tab = openTab();
    tab.start();
    await timers.settle();
    expect(tab.getState()).toEqual({ status: 'signed_out', connection: 'ok', cause });
    const next = openTab();
    next.start();
    await timers.settle();
    expect(server.refreshes).toBe(1);
  },
);

test('an unreachable server at the start is no sign-out: it is tried again until it answers', async () => {
  const { openTab, server, timers } = createBrowser({ hasSignedIn: true });
  const working = server.refresh;
  server.refresh = async () => ({ kind: 'unavailable', connection: 'unreachable' });
  const tab = openTab();
  tab.start();
  await timers.settle();
  expect(tab.getState()).toEqual({ status: 'restoring', connection: 'unreachable' });
  await timers.advance(60_000);
  expect(tab.getState()).toEqual({ status: 'restoring', connection: 'unreachable' });
  server.refresh = working;
  await timers.advance(30_000);
  expect(tab.getState().status).toBe('signed_in');
});

test('calls wait until it is known who is signed in', async () => {
  const { openTab, server, timers } = createBrowser({ hasSignedIn: true });
  const answer = createDelayed<RefreshOutcome>();
  server.refresh = () => answer.promise;
  const tab = openTab();
  tab.start();
  const token = tokenOf(tab);
  await timers.settle();
  answer.answer({ kind: 'renewed', signedIn: signedInAs(ADA, 'restored') });
  expect(await token).toBe('restored');
});

test('storage that is forbidden makes every visit a first one', async () => {
  const { createSignInHint } = await import('../../../client/lib/session/hint.ts');
  const hint = createSignInHint(() => {
    throw new DOMException('denied', 'SecurityError');
  });
  hint.set();
  hint.clear();
  expect(hint.read()).toBe(false);
  expect(hint.isGone(), 'nothing was written that could be missed').toBe(false);
});

test('a page that asks again while the server is busy goes on saying so', async () => {
  const { openSignedInTab, server, stored, timers } = createBrowser();
  const tab = await openSignedInTab();
  server.refresh = async () => ({ kind: 'unavailable', connection: 'busy', retryAfter: 60 });
  tab.retry();
  await timers.settle();
  stored.delete('sallyport-signed-in');
  tab.revalidate();
  expect(tab.getState()).toMatchObject({ status: 'restoring', connection: 'busy' });
});
