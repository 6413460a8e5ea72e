import { expect, register, test } from './fixtures.ts';
import {
  callFrom,
  expectHeard,
  expectWaiting,
  holdAnswers,
  HOUR,
  jumpAndHalt,
  MINUTE,
  noteWhatTabsHear,
  openTabs,
  refreshesOf,
  seeAgain,
  without,
} from './tabs.ts';

const COUNT = 10;

test.beforeEach(async ({ context }) => {
  await context.clock.install();
  await noteWhatTabsHear(context);
});

test('ten tabs whose access token expires at once make one refresh between them', async ({
  page,
  context,
  email,
  calls,
}) => {
  await register(page, email);
  const tabs = await openTabs(page, { count: COUNT, email });
  const refresh = await holdAnswers(context, 'auth.refresh');
  for (let expiry = 0; expiry < 2; expiry += 1) {
    calls.length = 0;
    await jumpAndHalt(page, 15 * MINUTE);
    const answer = await refresh.next();
    await expectWaiting(page, COUNT - 1);
    await answer.arrive();
    await expectHeard(without(tabs, answer.page), answer.accessToken);
    await context.clock.resume();
    for (const tab of tabs) expect(await callFrom(tab)).toBe(answer.accessToken);
    expect(refreshesOf(calls)).toHaveLength(1);
  }
});

test('ten tabs without Web Locks refresh for themselves, and nobody is signed out', async ({
  page,
  context,
  email,
  calls,
}) => {
  await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'locks'));
  await register(page, email);
  const tabs = await openTabs(page, { count: COUNT, email });
  const refresh = await holdAnswers(context, 'auth.refresh');
  for (let expiry = 0; expiry < 2; expiry += 1) {
    calls.length = 0;
    await jumpAndHalt(page, 15 * MINUTE);
    const answers = [];
    while (answers.length < COUNT) answers.push(await refresh.next());
    expect(new Set(answers.map(({ cookie }) => cookie)).size).toBe(1);
    await Promise.all(answers.map((answer) => answer.arrive()));
    await context.clock.resume();
    for (const tab of tabs) await callFrom(tab);
    expect(refreshesOf(calls)).toHaveLength(COUNT);
  }
});

test('tabs that wake after a night, all at once and each by more than one event, make one refresh between them', async ({
  page,
  context,
  email,
  calls,
}) => {
  await register(page, email);
  const tabs = await openTabs(page, { count: 3, email });
  const refresh = await holdAnswers(context, 'auth.refresh');
  calls.length = 0;
  await jumpAndHalt(page, 8 * HOUR);
  const answer = await refresh.next();
  for (const tab of tabs) {
    await seeAgain(tab);
    await tab.evaluate(() => dispatchEvent(new Event('online')));
  }
  await expectWaiting(page, tabs.length - 1);
  await answer.arrive();
  await expectHeard(without(tabs, answer.page), answer.accessToken);
  await context.clock.resume();
  for (const tab of tabs) {
    await seeAgain(tab);
    expect(await callFrom(tab)).toBe(answer.accessToken);
  }
  expect(refreshesOf(calls)).toHaveLength(1);
});

test('a browser that opens again with ten tabs makes one refresh between them', async ({
  page,
  context,
  email,
  calls,
}) => {
  await register(page, email);
  await page.goto('about:blank');
  const refresh = await holdAnswers(context, 'auth.refresh');
  calls.length = 0;
  await jumpAndHalt(page, MINUTE);
  const tabs = await Promise.all(Array.from({ length: COUNT }, () => context.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto('/profile')));
  const answer = await refresh.next();
  await expectWaiting(answer.page, COUNT - 1);
  await answer.arrive();
  await expectHeard(without(tabs, answer.page), answer.accessToken);
  await context.clock.resume();
  for (const tab of tabs) expect(await callFrom(tab)).toBe(answer.accessToken);
  expect(refreshesOf(calls)).toHaveLength(1);
});
