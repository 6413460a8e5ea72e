import { expect, register, test } from './fixtures.ts';
import { callFrom, HOUR, MINUTE, refreshesOf, seeAgain } from './tabs.ts';

const ROWS = [
  { how: 'an hour ahead', skew: HOUR },
  { how: 'an hour behind', skew: -HOUR },
];

for (const { how, skew } of ROWS)
  test(`a clock that is ${how} signs in, stays signed in, and renews when it is due and not before`, async ({
    page,
    context,
    email,
    calls,
  }) => {
    await context.clock.install({ time: Date.now() + skew });
    await register(page, email);
    const first = await callFrom(page);
    await page.clock.fastForward(11 * MINUTE);
    await seeAgain(page);
    expect(await callFrom(page)).toBe(first);
    expect(refreshesOf(calls)).toHaveLength(0);

    for (let renewals = 1; renewals <= 3; renewals += 1) {
      const renewed = page.waitForResponse(/auth\.refresh/);
      await page.clock.fastForward(14 * MINUTE);
      await renewed;
      await seeAgain(page);
      expect(await callFrom(page)).not.toBe(first);
      expect(refreshesOf(calls)).toHaveLength(renewals);
    }
    await page.reload();
    await expect(page.getByText(email)).toBeVisible();
    await callFrom(page);
    expect(refreshesOf(calls)).toHaveLength(4);
  });

for (const { how, skew } of ROWS)
  test(`a clock that was ${how} and is set right makes one refresh and signs nobody out`, async ({
    page,
    context,
    email,
    calls,
  }) => {
    await context.clock.install({ time: Date.now() + skew });
    await register(page, email);
    const first = await callFrom(page);
    await page.clock.setSystemTime(Date.now());
    const renewed = page.waitForResponse(/auth\.refresh/);
    await seeAgain(page);
    await renewed;
    await expect.poll(() => callFrom(page)).not.toBe(first);
    const second = await callFrom(page);
    await seeAgain(page);
    expect(await callFrom(page)).toBe(second);
    expect(refreshesOf(calls)).toHaveLength(1);
  });
