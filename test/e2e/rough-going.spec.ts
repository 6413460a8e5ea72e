import type { Page, Request } from '@playwright/test';
import { expect, expectAccessible, register, signIn, signOut, test } from './fixtures.ts';

test('a link that is followed without a network ends on a page of ours, which goes on when it is back', async ({
  page,
  context,
  expectConsole,
}) => {
  expectConsole(/ERR_INTERNET_DISCONNECTED|This screen could not be loaded/);
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await context.setOffline(true);
  await page.getByRole('link', { name: 'Create an account' }).click();
  const words = page.getByText('You are offline. Connect and load again.');
  await expect(words).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Load again' }).click();
  await expect(words).toBeVisible();
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Load again' }).click();
  await expect(page.getByRole('heading', { name: 'Create your account' })).toBeVisible();
});

test('a link that is followed while the server is away ends on a page of ours as well', async ({
  page,
  expectConsole,
}) => {
  expectConsole(/ERR_FAILED|This screen could not be loaded/);
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await page.route('**', (route) => route.abort());
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByRole('button', { name: 'Load again' }).click();
  await expect(page.getByText('The server did not answer. Try again in a moment.')).toBeVisible();
  await page.unroute('**');
  await page.getByRole('button', { name: 'Load again' }).click();
  await expect(page.getByRole('heading', { name: 'Create your account' })).toBeVisible();
});

test('whoever has begun to type has the other screens at hand, with a network or without', async ({
  page,
  context,
}) => {
  await page.goto('/sign-in');
  // The page may have been quiet before it was touched: what counts is what it fetches from then on.
  const underWay = new Set<Request>();
  const fetched: string[] = [];
  page.on('request', (request) => underWay.add(request));
  page.on('requestfinished', (request) => {
    underWay.delete(request);
    fetched.push(request.url());
  });
  await page.getByLabel('E-mail address').focus();
  for (const part of ['register-screen', 'profile-screen', 'sessions-screen', 'password-screen', 'resolver'])
    await expect.poll(() => fetched.some((url) => url.includes(part)), part).toBe(true);
  await expect.poll(() => underWay.size).toBe(0);
  await context.setOffline(true);
  await page.getByRole('link', { name: 'Create an account' }).click();
  await expect(page.getByRole('heading', { name: 'Create your account' })).toBeVisible();
});

test('a server that is busy when the person comes back is called busy, and there is nothing to press', async ({
  page,
  email,
  expectConsole,
}) => {
  expectConsole(/status of 503/);
  await register(page, email);
  const answer = await answerRefresh(page, 1);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'The server is busy' })).toBeVisible();
  await expect(page.getByRole('button')).toHaveCount(0);
  await expectAccessible(page);
  await answer.stop();
  await expect(page.getByText(email)).toBeVisible();
});

test('a server that cannot be reached when the person comes back can be tried at once', async ({
  page,
  email,
  expectConsole,
}) => {
  expectConsole(/ERR_FAILED/);
  await page.clock.install();
  await register(page, email);
  let underWay = 0;
  const count = (step: number) => (request: Request) => {
    if (request.url().endsWith('/auth.refresh')) underWay += step;
  };
  page.on('request', count(1));
  page.on('requestfailed', count(-1));
  await page.route('**/trpc/auth.refresh', (route) => route.abort());
  await page.reload();
  await expect(page.getByRole('heading', { name: 'We cannot reach the server' })).toBeVisible();
  await expectAccessible(page);
  // One more attempt is due by then, and from then on nothing goes on by itself.
  const failed = page.waitForEvent('requestfailed');
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 60_000));
  await failed;
  // What failed may be an attempt that was due before: another under way would bring the person back by itself.
  await page.evaluate(() => undefined);
  await expect.poll(() => underWay).toBe(0);
  await page.unroute('**/trpc/auth.refresh');
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect(page.getByText(email)).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeFocused();
});

test('a refusal of the whole form is read out, and accessible', async ({ page, email, expectConsole }) => {
  expectConsole(/status of 401/);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto('/sign-in');
    await signIn(page, email);
    await expect(page.getByRole('alert')).toHaveText(
      'That e-mail address and password do not match. Check both.',
    );
    await expectAccessible(page);
  }
});

test('the reason for a sign-out is read out with the heading that takes the focus', async ({
  page,
  email,
}) => {
  await register(page, email);
  await signOut(page);
  const heading = page.getByRole('heading', { name: 'Sign in' });
  await expect(heading).toBeFocused();
  await expect(heading).toHaveAccessibleDescription('You are signed out.');
  await expectAccessible(page);
});

test('forced colours leave an edge to what is known by its background', async ({
  page,
  email,
  expectConsole,
}) => {
  expectConsole(/status of 401/);
  await page.emulateMedia({ forcedColors: 'active' });
  await register(page, email);
  await expectEdge(page, 'button:text("Save name")');
  await signOut(page);
  await expectEdge(page, 'p:has-text("You are signed out.")');
  await expectEdge(page, 'button:text("Sign in")');
  await signIn(page, email, 'not the right password');
  await expectEdge(page, '[role=alert] p');
});

test('nothing that has the focus lies beneath the notice that the network is gone', async ({
  page,
  email,
  context,
  expectConsole,
}) => {
  expectConsole(/ERR_INTERNET_DISCONNECTED/);
  await page.setViewportSize({ width: 360, height: 420 });
  await register(page, email);
  await context.setOffline(true);
  const notice = page.getByText('You are offline. You stay signed in');
  await expect(notice).toBeVisible();
  await page.getByLabel('Name').focus();
  for (const control of [
    page.getByRole('button', { name: 'Save name' }),
    page.getByRole('link', { name: 'Where you are signed in' }),
    page.getByRole('link', { name: 'Recent activity' }),
    page.getByRole('link', { name: 'Change your password' }),
    page.getByRole('link', { name: 'Change your e-mail address' }),
    page.getByRole('button', { name: 'Download my data' }),
    page.getByRole('link', { name: 'Delete your account' }),
    page.getByRole('button', { name: 'Sign out' }),
  ]) {
    await page.keyboard.press('Tab');
    await expect(control).toBeFocused();
    expect(await bottomOf(control)).toBeLessThanOrEqual(await topOf(notice));
  }
  await page.keyboard.press('Enter');
  const error = page.getByText('You are still signed in on this device.');
  await expect(error).toBeVisible();
  expect(await bottomOf(error)).toBeLessThanOrEqual(await topOf(notice));
});

type Box = Pick<ReturnType<Page['locator']>, 'evaluate'>;

const topOf = (box: Box) => box.evaluate((element) => element.getBoundingClientRect().top);
const bottomOf = (box: Box) => box.evaluate((element) => element.getBoundingClientRect().bottom);

async function expectEdge(page: Page, selector: string): Promise<void> {
  const edge = await page.locator(selector).evaluate((element) => {
    const { borderTopWidth, borderTopStyle, borderTopColor } = getComputedStyle(element);
    return `${borderTopWidth} ${borderTopStyle} ${borderTopColor}`;
  });
  expect(edge).toMatch(/^1px solid rgb\(/);
}

/** Every refresh is answered with `busy`, until it is stopped. */
async function answerRefresh(page: Page, retryAfter: number) {
  const data = { code: 'X', httpStatus: 503, reason: 'busy', requestId: '1', retryAfter };
  const json = { error: { message: 'busy', code: -32_000, data } };
  await page.route('**/trpc/auth.refresh', (route) => route.fulfill({ status: 503, json }));
  return { stop: () => page.unroute('**/trpc/auth.refresh') };
}
