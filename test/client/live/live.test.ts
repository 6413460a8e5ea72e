import { expect, test } from 'vitest';
import type { RefreshOutcome } from '../../../client/lib/session/refresh-outcome.ts';
import { END_REASONS } from '../../../shared/reasons.ts';
import { MINUTE, SECOND } from '../../support/clock.ts';
import { ADA, BOB, createBrowser, createDelayed, signedInAs } from '../support/browser.ts';
import { createStreams, NOTICE, refusal, startLive } from '../support/streams.ts';

/** One signed-in tab that listens. */
async function setUp({ isVisible = (): boolean => true } = {}) {
  const browser = createBrowser();
  const streams = createStreams();
  const tab = browser.openTab({ isVisible });
  await tab.signIn(async () => signedInAs(ADA, browser.server.nextToken()));
  const live = startLive(browser, { session: tab, openStream: streams.openStream }, { isVisible });
  await browser.timers.settle();
  return { ...browser, ...streams, answers: streams.server, server: browser.server, tab, live };
}

test('a signed-in page listens with its token, and shows what it hears', async () => {
  const { open, opened, live } = await setUp();
  expect(live.notices.get()).toBeUndefined();
  open[0]?.hear({ kind: 'notices', notices: [NOTICE] });
  expect(live.notices.get()).toEqual([NOTICE]);
  open[0]?.hear({ kind: 'notices', notices: [] });
  expect(live.notices.get()).toEqual([]);
  expect(opened).toEqual(['token-1']);
});

test.each(END_REASONS.filter((reason) => reason !== 'replaced'))(
  'a session that ends with %s is over at once, for that reason, and nothing is asked any more',
  async (reason) => {
    const { open, opened, tab, server, timers } = await setUp();
    open[0]?.hear({ kind: 'ended', reason });
    expect(tab.getState()).toEqual({ status: 'signed_out', connection: 'ok', cause: reason });
    await timers.advance(MINUTE);
    expect([open.length, opened.length, server.refreshes]).toEqual([0, 1, 0]);
  },
);

test('a session that another sign-in of this browser replaces waits for its tab to say so', async () => {
  const { open, answers, tab, timers } = await setUp();
  answers.answer = (stream) => stream.fail(refusal('session_revoked', { ended: 'replaced' }));
  open[0]?.hear({ kind: 'ended', reason: 'replaced' });
  open[0]?.complete();
  await timers.settle();
  expect(tab.getState().status).toBe('signed_in');
  await timers.advance(SECOND);
  expect(tab.getState()).toMatchObject({ status: 'signed_out', cause: 'replaced' });
});

test('a stream that ends with its token is followed by one with the next, at once', async () => {
  const { open, opened, timers } = await setUp();
  await timers.advance(14.5 * MINUTE);
  expect(opened, 'a renewed token alone is no reason').toEqual(['token-1']);
  open[0]?.complete();
  await timers.settle();
  expect(opened).toEqual(['token-1', 'token-2']);
  expect(open).toHaveLength(1);
});

test('streams that end as soon as they begin are opened ever more rarely', async () => {
  const { open, opened, answers, timers } = await setUp();
  answers.answer = (stream) => stream.complete();
  open[0]?.complete();
  await timers.advance(MINUTE);
  expect(opened.length).toBeGreaterThan(4);
  expect(opened.length).toBeLessThan(12);
  await timers.advance(10 * MINUTE);
  expect(opened.length).toBeLessThan(60);
});

test('a network that fails is tried again with the back-off, which a stream that has lasted forgets', async () => {
  const { open, opened, answers, timers } = await setUp();
  answers.answer = (stream) => stream.fail(new Error('Failed to fetch'));
  open[0]?.fail(new Error('network'));
  await timers.advance(MINUTE);
  const attempts = opened.length;
  expect(attempts).toBeGreaterThan(4);
  expect(attempts).toBeLessThan(12);
  answers.answer = () => {};
  await timers.advance(30 * SECOND);
  open[0]?.fail(new Error('network'));
  await timers.advance(SECOND);
  expect(open).toHaveLength(1);
});

test('whoever comes back does not wait for the back-off', async () => {
  const { open, opened, answers, timers, live } = await setUp();
  answers.answer = (stream) => stream.fail(new Error('Failed to fetch'));
  open[0]?.fail(new Error('network'));
  await timers.advance(MINUTE);
  const attempts = opened.length;
  live.review();
  await timers.settle();
  expect(opened).toHaveLength(attempts + 1);
});

test('a page that goes out of view has not come back', async () => {
  let visible = true;
  const { open, opened, answers, timers, live } = await setUp({ isVisible: () => visible });
  answers.answer = (stream) => stream.fail(new Error('Failed to fetch'));
  open[0]?.fail(new Error('network'));
  await timers.advance(MINUTE);
  const attempts = opened.length;
  visible = false;
  live.review();
  await timers.settle();
  expect(opened).toHaveLength(attempts);
});

test('a token that has expired opens no stream while the server is too busy to renew it', async () => {
  const { open, opened, server, timers } = await setUp();
  const answer = server.refresh;
  server.refresh = async () => ({ kind: 'unavailable', connection: 'busy', retryAfter: 60 });
  await timers.advance(15 * MINUTE);
  open[0]?.complete();
  await timers.advance(MINUTE);
  expect(opened).toEqual(['token-1']);
  server.refresh = answer;
  await timers.advance(MINUTE);
  expect(opened).toEqual(['token-1', 'token-2']);
});

test('a server that wants to be left alone is, even by whoever comes back', async () => {
  const { open, opened, answers, timers, live } = await setUp();
  answers.answer = (stream) => stream.fail(refusal('throttled', { retryAfter: 60 }));
  open[0]?.fail(refusal('throttled', { retryAfter: 60 }));
  await timers.settle();
  live.review();
  await timers.advance(59 * SECOND);
  expect(opened).toHaveLength(1);
  await timers.advance(2 * SECOND);
  expect(opened).toHaveLength(2);
});

test.each(['token_missing', 'token_invalid', 'token_expired'] as const)(
  'a token that is refused with %s is renewed once, and a second refusal waits',
  async (reason) => {
    const { open, opened, answers, server, timers } = await setUp();
    answers.answer = (stream) => stream.fail(refusal(reason));
    open[0]?.fail(refusal(reason));
    await timers.settle();
    expect(opened).toEqual(['token-1', 'token-2']);
    expect(server.refreshes).toBe(1);
    await timers.advance(MINUTE);
    expect(opened.length).toBeLessThan(12);
  },
);

test.each([['ended_elsewhere'], [undefined]] as const)(
  'a stream that is refused because the session was revoked (%s) ends it, without a refresh',
  async (ended) => {
    const { open, tab, server, timers } = await setUp();
    open[0]?.fail(refusal('session_revoked', ended && { ended }));
    await timers.settle();
    expect(tab.getState()).toMatchObject({ status: 'signed_out', cause: ended ?? 'revoked' });
    expect(server.refreshes).toBe(0);
  },
);

test('a sign-in in another tab while a refused token is renewed is followed by a stream with the new token', async () => {
  const { open, opened, openTab, server, timers } = await setUp();
  server.refresh = (signal) =>
    new Promise((resolve) => {
      const breakOff = () => resolve({ kind: 'unavailable', connection: 'unreachable' });
      signal.addEventListener('abort', breakOff);
    });
  open[0]?.fail(refusal('token_expired'));
  await timers.settle();
  await openTab().signIn(async () => signedInAs(ADA, 'newer'));
  await timers.advance(10 * SECOND);
  expect(opened).toEqual(['token-1', 'newer']);
  expect(open).toHaveLength(1);
});

test('a page that is put away while its token is renewed opens no stream when the answer comes', async () => {
  const { open, opened, server, live, timers } = await setUp();
  const renewal = createDelayed<RefreshOutcome>();
  server.refresh = () => renewal.promise;
  open[0]?.fail(refusal('token_expired'));
  await timers.settle();
  live.stop();
  renewal.answer({ kind: 'renewed', signedIn: signedInAs(ADA, 'late') });
  await timers.advance(SECOND);
  expect([open.length, opened]).toEqual([0, ['token-1']]);
});

test('signing out closes the stream', async () => {
  const { open, opened, tab, timers } = await setUp();
  await tab.signOut();
  await timers.advance(MINUTE);
  expect(open).toEqual([]);
  expect(opened).toHaveLength(1);
});

test('another sign-in closes the stream of the one before it, whose end concerns nobody any more', async () => {
  const { open, tab, live, timers } = await setUp();
  const old = open[0];
  await tab.signIn(async () => signedInAs(ADA, 'newer'));
  old?.hear({ kind: 'ended', reason: 'ended_elsewhere' });
  old?.hear({ kind: 'notices', notices: [NOTICE] });
  await timers.settle();
  expect(tab.getState().status).toBe('signed_in');
  expect(live.notices.get()).toBeUndefined();
  expect(open.map(({ accessToken }) => accessToken)).toEqual(['newer']);
});

test('a page that is closed or put away closes the stream, and takes part again when it comes back', async () => {
  const { open, opened, live, timers } = await setUp();
  live.stop();
  await timers.settle();
  expect(open).toEqual([]);
  live.start();
  await timers.settle();
  expect(open).toHaveLength(1);
  expect(opened).toHaveLength(2);
});

test('a page that nobody looks at does not renew its token, or an open tab would keep the session alive for ever', async () => {
  let visible = true;
  const { open, opened, server, timers, live } = await setUp({ isVisible: () => visible });
  visible = false;
  live.review();
  await timers.advance(15 * MINUTE);
  open[0]?.complete();
  await timers.advance(MINUTE);
  expect([opened.length, server.refreshes]).toEqual([1, 0]);
  visible = true;
  live.review();
  await timers.settle();
  expect(opened).toEqual(['token-1', 'token-2']);
});

test('a page that nobody looks at connects again as long as its token is good', async () => {
  const { open, opened, timers } = await setUp({ isVisible: () => false });
  open[0]?.fail(new Error('network'));
  await timers.advance(SECOND);
  expect(opened).toEqual(['token-1', 'token-1']);
});

test('what somebody else was told is not shown', async () => {
  const { live, openTab, timers } = await setUp();
  openTab().channel.post({ kind: 'live', userId: BOB.id, rank: 0, isNews: true, notices: [NOTICE] });
  await timers.settle();
  expect(live.notices.get()).toBeUndefined();
});
