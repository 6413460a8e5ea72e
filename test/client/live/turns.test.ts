import { describe, expect, test } from 'vitest';
import { createTurns } from '../../../client/lib/live/turns.ts';
import { MINUTE, SECOND } from '../../support/clock.ts';
import { createBrowser } from '../support/browser.ts';
import { createStreams, NOTICE, startLive } from '../support/streams.ts';

/** As many signed-in tabs as asked for, each with a signed-in screen; `seen` says which of them are in view. */
async function setUp({ count = 10, hasLocks = true } = {}) {
  const browser = createBrowser({ hasLocks });
  const streams = createStreams();
  const seen = Array.from({ length: count }, () => true);
  const others = seen.slice(1).map(() => browser.openTab());
  const sessions = [await browser.openSignedInTab(), ...others];
  const lives = sessions.map((session, index) =>
    startLive(
      browser,
      { session, openStream: streams.openStream },
      { isVisible: () => seen[index] ?? false, random: () => index / count },
    ),
  );
  await browser.timers.settle();
  const show = (index: number, visible: boolean): void => {
    seen[index] = visible;
    lives[index]?.review();
  };
  return { ...browser, ...streams, sessions, lives, show };
}

test('ten tabs hold one stream between them, and all show what it tells', async () => {
  const { open, opened, lives, timers } = await setUp();
  expect(opened).toHaveLength(1);
  open[0]?.hear({ kind: 'notices', notices: [NOTICE] });
  await timers.settle();
  expect(lives.map(({ notices }) => notices.get())).toEqual(lives.map(() => [NOTICE]));
});

test('a notice that is put away in one tab is gone from all at once', async () => {
  const { open, lives, timers } = await setUp({ count: 3 });
  open[0]?.hear({ kind: 'notices', notices: [NOTICE, { ...NOTICE, id: 'another' }] });
  await timers.settle();
  lives[1]?.markRead(NOTICE.id);
  await timers.settle();
  const left = lives.map(({ notices }) => notices.get()?.map(({ id }) => id));
  expect(left).toEqual([['another'], ['another'], ['another']]);
});

test('every tab learns of each event, and of nothing else', async () => {
  const { open, lives, timers } = await setUp({ count: 3 });
  for (const _ of [1, 2]) open[0]?.hear({ kind: 'notices', notices: [NOTICE] });
  await timers.advance(10 * MINUTE);
  expect(lives.map(({ news }) => news.get())).toEqual([2, 2, 2]);
});

test('when the tab that listens is closed the next takes its place', async () => {
  const { open, opened, lives, timers } = await setUp({ count: 3 });
  for (const [index, live] of lives.entries()) {
    expect([open.length, opened.length]).toEqual([1, index + 1]);
    live.stop();
    await timers.settle();
  }
  expect(open).toEqual([]);
});

test('an end reaches every tab with its reason, and nobody asks again', async () => {
  const { open, opened, sessions, timers } = await setUp();
  open[0]?.hear({ kind: 'ended', reason: 'password_changed' });
  await timers.advance(MINUTE);
  const states = sessions.map((session) => session.getState());
  expect(states).toEqual(
    states.map(() => ({ status: 'signed_out', connection: 'ok', cause: 'password_changed' })),
  );
  expect([open.length, opened.length]).toEqual([0, 1]);
});

test('signing out in any tab leaves no stream behind', async () => {
  const { open, opened, sessions, timers } = await setUp();
  await sessions[4]?.signOut();
  await timers.advance(MINUTE);
  expect([open.length, opened.length]).toEqual([0, 1]);
});

test('a tab that is opened later asks the one that listens what there is', async () => {
  const { open, openStream, openTab, lives, timers, ...browser } = await setUp({ count: 2 });
  open[0]?.hear({ kind: 'notices', notices: [NOTICE] });
  const later = openTab();
  later.start();
  await timers.settle();
  const live = startLive({ ...browser, timers }, { session: later, openStream });
  await timers.settle();
  expect(live.notices.get()).toEqual([NOTICE]);
  expect(lives).toHaveLength(2);
});

test('a tab that listens and has been put to sleep is replaced by one that is seen, and queues when it wakes', async () => {
  const { open, opened, openStream, openTab, timers, lives, ...browser } = await setUp({ count: 1 });
  const [awake, sleeping] = [openTab(), lives[0]];
  awake.start();
  await timers.settle();
  // What is posted while a tab sleeps it hears later or never.
  const deaf = { ...awake, channel: { isMute: false, post() {}, listen: () => () => {} } };
  const live = startLive({ ...browser, timers }, { session: deaf, openStream });
  await timers.advance(4 * SECOND);
  expect(opened).toHaveLength(1);
  await timers.advance(2 * SECOND);
  expect([open.length, opened.length]).toEqual([1, 2]);
  live.stop();
  await timers.settle();
  expect([open.length, opened.length], 'the first takes over again').toEqual([1, 3]);
  sleeping?.stop();
});

test('a tab that answers keeps its turn, however long the others watch', async () => {
  const { opened, timers } = await setUp({ count: 3 });
  await timers.advance(10 * MINUTE);
  expect(opened).toHaveLength(1);
});

describe('without navigator.locks', () => {
  test('ten tabs hold one stream between them all the same', async () => {
    const { open, opened, lives, timers } = await setUp({ hasLocks: false });
    await timers.advance(10 * MINUTE);
    expect([open.length, opened.length]).toEqual([1, 1]);
    open[0]?.hear({ kind: 'notices', notices: [NOTICE] });
    await timers.settle();
    expect(lives.map(({ notices }) => notices.get())).toEqual(lives.map(() => [NOTICE]));
  });

  test('a tab that asks and hears nothing takes its turn, and one that is not seen asks for none', async () => {
    const { open, lives, show, timers } = await setUp({ count: 3, hasLocks: false });
    for (const index of [1, 2]) show(index, false);
    await timers.advance(MINUTE);
    lives[0]?.stop();
    await timers.advance(3 * MINUTE);
    expect(open).toEqual([]);
    show(2, true);
    await timers.advance(10 * SECOND);
    expect(open).toHaveLength(1);
  });

  test('of two tabs that took their turn at once one keeps it', async () => {
    const browser = createBrowser({ hasLocks: false, messageDelay: 50 });
    const streams = createStreams();
    const sessions = [await browser.openSignedInTab(), browser.openTab()];
    await browser.timers.advance(SECOND);
    for (const [index, session] of sessions.entries())
      startLive(browser, { session, openStream: streams.openStream }, { random: () => index / 1000 });
    await browser.timers.advance(6 * SECOND);
    expect([streams.open.length, streams.opened.length]).toEqual([1, 2]);
    await browser.timers.advance(10 * MINUTE);
    expect([streams.open.length, streams.opened.length]).toEqual([1, 2]);
  });

  test('when the tab that listens is closed another takes its place within a second', async () => {
    const { open, opened, lives, timers } = await setUp({ count: 3, hasLocks: false });
    await timers.advance(MINUTE);
    for (const index of [0, 1]) {
      expect([open.length, opened.length]).toEqual([1, index + 1]);
      lives[index]?.stop();
      await timers.advance(SECOND);
    }
    expect([open.length, opened.length]).toEqual([1, 3]);
  });

  test('a tab that comes into view because the one that listens was closed takes its place as soon', async () => {
    const { open, lives, show, timers } = await setUp({ count: 2, hasLocks: false });
    await timers.advance(MINUTE);
    show(1, false);
    lives[0]?.stop();
    await timers.advance(SECOND);
    expect(open).toEqual([]);
    show(1, true);
    await timers.advance(SECOND);
    expect(open).toHaveLength(1);
  });

  test('a tab that cannot hear the others either never listens', async () => {
    const { openSignedInTab, timers } = createBrowser({ hasLocks: false });
    const { opened, openStream } = createStreams();
    const session = await openSignedInTab();
    const channel = { isMute: true, post() {}, listen: () => () => {} };
    startLive({ locks: undefined, timers }, { session: { ...session, channel }, openStream });
    await timers.advance(10 * MINUTE);
    expect(opened).toEqual([]);
  });
});

test('a browser that refuses locks altogether is treated like one that has none', async () => {
  const { openSignedInTab, timers } = createBrowser();
  const { open, openStream } = createStreams();
  const session = await openSignedInTab();
  const locks = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
  startLive({ locks, timers }, { session, openStream });
  await timers.advance(10 * SECOND);
  expect(open).toHaveLength(1);
});

test('a turn that is over is passed on, whatever its tab still waits for', async () => {
  const { locks, timers } = createBrowser();
  const turns = [1, 2].map(() => createTurns({ locks, name: 'live' }, () => new Promise(() => {})));
  for (const turn of turns) turn.start();
  await timers.settle();
  expect(turns.map((turn) => turn.isMine())).toEqual([true, false]);
  turns[0]?.stop();
  await timers.settle();
  expect(turns.map((turn) => turn.isMine())).toEqual([false, true]);
});
