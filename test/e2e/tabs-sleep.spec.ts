import { expect, register, test } from './fixtures.ts';
import { HOUR, jumpAndHalt, MINUTE, openTabs, refreshCookieOf, refreshesOf, seeAgain } from './tabs.ts';

const COUNT = 3;

/**
 * So short that it is reached by waiting for what it causes, and long enough for one tab to be opened, on any machine:
 * each asks who is signed in, and the time begins anew.
 */
test.use({ variables: { SESSION_IDLE_TTL: '15s' } });

test('a machine that sleeps past the idle time wakes to a sign-in screen that says why, in every tab', async ({
  page,
  context,
  email,
  calls,
  expectConsole,
}) => {
  expectConsole(/status of 401/);
  await context.clock.install();
  await register(page, email);
  const tabs = await openTabs(page, { count: COUNT, email });
  await jumpAndHalt(page, MINUTE);
  await expect.poll(() => refreshCookieOf(context), { timeout: 40_000 }).toBeUndefined();
  for (const tab of tabs) await expect(tab.getByText(email)).toBeVisible();
  calls.length = 0;
  await context.clock.fastForward(HOUR);
  await context.clock.resume();
  for (const tab of tabs) await seeAgain(tab);
  for (const tab of tabs) {
    await expect(tab.getByRole('heading', { name: 'Sign in' })).toHaveAccessibleDescription(
      'Your sign-in has run out. Sign in to go on.',
    );
    await expect(tab.getByText(email)).toBeHidden();
  }
  expect(refreshesOf(calls)).toHaveLength(1);
});
