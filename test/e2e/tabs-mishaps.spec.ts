import type { Page } from '@playwright/test';
import { expect, holdBack, register, test } from './fixtures.ts';
import {
  callFrom,
  expectHeard,
  expectWaiting,
  holdAnswers,
  jumpAndHalt,
  MINUTE,
  noteWhatTabsHear,
  openTabs,
  refreshesOf,
  without,
} from './tabs.ts';

const COUNT = 3;

/** Milliseconds, each a little longer than the session's own. */
const BROADCAST_DELAY = 150;
const LOCK_PATIENCE = 5_100;
const FIRST_BACK_OFF = 1_100;

test.beforeEach(async ({ context }) => {
  await context.clock.install();
  await noteWhatTabsHear(context);
});

for (const { how, kill } of [
  { how: 'closed', kill: (tab: Page) => tab.close() },
  { how: 'killed', kill: crash },
])
  test(`a tab that is ${how} while it refreshes leaves the others to go on at once, signed in`, async ({
    page,
    context,
    email,
    calls,
  }) => {
    await register(page, email);
    const tabs = await openTabs(page, { count: COUNT, email });
    const refresh = await holdAnswers(context, 'auth.refresh');
    calls.length = 0;
    await jumpAndHalt(page, 15 * MINUTE);
    const lost = await refresh.next();
    await expectWaiting(lost.page, COUNT - 1);
    const left = without(tabs, lost.page);
    const [witness = page] = left;
    await kill(lost.page);
    await expectWaiting(witness, COUNT - 2);
    // What is left of a tab that has crashed has no clock to move.
    await lost.page.close();
    const answer = await refresh.next(() => context.clock.runFor(BROADCAST_DELAY));
    await answer.arrive();
    await expectHeard(without(left, answer.page), answer.accessToken);
    await context.clock.resume();
    for (const tab of left) expect(await callFrom(tab)).toBe(answer.accessToken);
    expect(refreshesOf(calls)).toHaveLength(2);
  });

test('a tab that stalls while it refreshes keeps the others waiting for five seconds and no longer', async ({
  page,
  context,
  email,
  calls,
}) => {
  await register(page, email);
  const tabs = await openTabs(page, { count: COUNT, email });
  const refresh = await holdAnswers(context, 'auth.refresh');
  calls.length = 0;
  await jumpAndHalt(page, 15 * MINUTE);
  const stalled = await refresh.next();
  await expectWaiting(stalled.page, COUNT - 1);
  await context.clock.runFor(LOCK_PATIENCE);
  const tick = () => context.clock.runFor(BROADCAST_DELAY);
  const answers = [await refresh.next(tick), await refresh.next(tick)];
  for (const answer of answers) await answer.arrive();
  await context.clock.resume();
  for (const tab of tabs) await callFrom(tab);
  await stalled.arrive();
  for (const tab of tabs) await callFrom(tab);
  // The stalled answer was overtaken by another tab's, and what it left in the jar is asked for once more.
  await expect.poll(() => refreshesOf(calls).length).toBe(COUNT + 1);
});

test('tabs that lose the network in the middle of a refresh stay signed in, and make one when it is back', async ({
  page,
  context,
  email,
  calls,
  expectConsole,
}) => {
  expectConsole(/ERR_INTERNET_DISCONNECTED/);
  await register(page, email);
  const tabs = await openTabs(page, { count: COUNT, email });
  const { count, goOn } = await holdBack(context, 'auth.refresh');
  calls.length = 0;
  await jumpAndHalt(page, 15 * MINUTE);
  await expect.poll(count).toBe(1);
  await expectWaiting(page, COUNT - 1);
  await context.setOffline(true);
  const failed = context.waitForEvent('requestfailed', (request) => request.url().includes('auth.refresh'));
  goOn();
  await failed;
  for (const tab of tabs) await expect(tab.getByText('You are offline. You stay signed in')).toBeVisible();
  await expectWaiting(page, COUNT - 2);
  const refresh = await holdAnswers(context, 'auth.refresh');
  await context.setOffline(false);
  await expectWaiting(page, COUNT - 1);
  const answer = await refresh.next(() => context.clock.runFor(BROADCAST_DELAY));
  await answer.arrive();
  await expectHeard(without(tabs, answer.page), answer.accessToken);
  await context.clock.resume();
  for (const tab of tabs) expect(await callFrom(tab)).toBe(answer.accessToken);
  for (const tab of tabs) await expect(tab.getByText('You are offline.')).toBeHidden();
  expect(refreshesOf(calls)).toHaveLength(2);
});

test('answers that are lost on their way, to every tab, cost nobody the session', async ({
  page,
  context,
  email,
  calls,
  expectConsole,
}) => {
  expectConsole(/ERR_CONNECTION_RESET/);
  await register(page, email);
  const tabs = await openTabs(page, { count: COUNT, email });
  const refresh = await holdAnswers(context, 'auth.refresh');
  calls.length = 0;
  await jumpAndHalt(page, 15 * MINUTE);
  const lost = await refresh.next();
  await expectWaiting(page, COUNT - 1);
  await lost.getLost();
  while (refreshesOf(calls).length < COUNT) {
    const again = await refresh.next(() => context.clock.runFor(BROADCAST_DELAY));
    expect(again.cookie).toBe(lost.cookie);
    await again.getLost();
  }
  for (const tab of tabs) await expect(tab.getByText('We cannot reach the server.')).toBeVisible();
  await context.clock.runFor(FIRST_BACK_OFF);
  const answer = await refresh.next();
  expect(answer.cookie).toBe(lost.cookie);
  await expectWaiting(page, COUNT - 1);
  await answer.arrive();
  await expectHeard(without(tabs, answer.page), answer.accessToken);
  await context.clock.resume();
  for (const tab of tabs) await expect(tab.getByText('We cannot reach the server.')).toBeHidden();
  for (const tab of tabs) expect(await callFrom(tab)).toBe(answer.accessToken);
  expect(refreshesOf(calls)).toHaveLength(COUNT + 1);
});

async function crash(tab: Page): Promise<void> {
  const crashed = tab.waitForEvent('crash');
  const devtools = await tab.context().newCDPSession(tab);
  // Is never answered: there is nobody left to do so.
  devtools.send('Page.crash').catch(() => {});
  await crashed;
}
