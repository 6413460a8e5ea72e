import { expect, register, test } from './fixtures.ts';

/** So short that expiry is reached by waiting for what it causes. */
test.use({ variables: { ACCESS_TOKEN_TTL: '3s' } });

test('a stranger causes no auth request at all', async ({ page, calls }) => {
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.goto('/profile');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.waitForLoadState('networkidle');
  expect(calls).toEqual([]);
});

test('a returning person causes exactly one', async ({ page, email, calls }) => {
  await register(page, email);
  calls.length = 0;
  await page.reload();
  await expect(page.getByText(email)).toBeVisible();
  // What keeps the page up to date is no question of who is signed in.
  expect(calls.filter((path) => path.startsWith('auth.'))).toEqual(['auth.refresh']);
});

test('the access token is renewed ahead of its expiry, and calls go on', async ({ page, email }) => {
  await register(page, email);
  for (let renewal = 0; renewal < 2; renewal += 1) await page.waitForResponse(/auth\.refresh/);
  await page.getByLabel('Name').fill('Still here');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('Your name is saved.')).toBeVisible();
});

test('the access token stands in no storage and the refresh token in no script’s reach', async ({
  page,
  email,
  context,
}) => {
  await register(page, email);
  const readable = await page.evaluate(() =>
    JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
  );
  expect(readable).not.toMatch(/eyJ|spr_/);
  const cookies = await context.cookies();
  expect(cookies.every(({ httpOnly }) => httpOnly)).toBe(true);
  const cookie = cookies.find(({ name }) => name === 'sallyport_refresh');
  expect(cookie).toMatchObject({ name: 'sallyport_refresh', httpOnly: true, sameSite: 'Strict', path: '/' });
});

test('a session that another holder of its cookie signs out of is signed out here as well', async ({
  page,
  email,
  context,
}) => {
  await register(page, email);
  // Not in another tab: the others would say so.
  const [cookie] = await context.cookies();
  await fetch(new URL('/trpc/auth.logout', page.url()), {
    method: 'POST',
    headers: { cookie: `${cookie?.name}=${cookie?.value}` },
  });
  await expect(page.getByText('You are signed out.')).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in$/);
});

test('a session that has run out says so on the sign-in screen', async ({
  page,
  email,
  context,
  expectConsole,
}) => {
  expectConsole(/status of 401/);
  await register(page, email);
  await context.clearCookies();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toHaveAccessibleDescription(
    'Your sign-in has run out. Sign in to go on.',
  );
});

test('signing out in one tab shows in the others', async ({ page, email, context }) => {
  await register(page, email);
  const other = await context.newPage();
  await other.goto('/profile');
  await expect(other.getByText(email)).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(other.getByText('You are signed out.')).toBeVisible();
});

test('tabs that renew at once all stay signed in', async ({ page, email, context }) => {
  await register(page, email);
  const tabs = await Promise.all(Array.from({ length: 4 }, () => context.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto('/profile')));
  // Whichever of them is the first: the others may be spared theirs.
  await context.waitForEvent('response', (response) => response.url().includes('auth.refresh'));
  for (const tab of tabs) await expect(tab.getByText(email)).toBeVisible();
  await Promise.all(tabs.map((tab) => tab.reload()));
  for (const tab of tabs) await expect(tab.getByText(email)).toBeVisible();
});

test('without a network the person stays signed in, is told so, and goes on when it is back', async ({
  page,
  email,
  context,
  expectConsole,
}) => {
  expectConsole(/ERR_INTERNET_DISCONNECTED/);
  await register(page, email);
  await context.setOffline(true);
  const notice = page.getByText('You stay signed in; save your changes when you are connected again.');
  await expect(notice).toBeVisible();
  await page.waitForEvent('requestfailed', (request) => request.url().includes('auth.refresh'));
  await expect(page.getByText(email)).toBeVisible();
  await page.getByLabel('Name').fill('Written offline');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('Connect to the internet and try again.')).toBeVisible();
  await context.setOffline(false);
  await expect(notice).toBeHidden();
  await expect(page.getByLabel('Name')).toHaveValue('Written offline');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('Your name is saved.')).toBeVisible();
});

test('a server that is away signs nobody out', async ({ page, email, server, expectConsole }) => {
  expectConsole(/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/);
  await register(page, email);
  await server.stop();
  await expect(page.getByText('We cannot reach the server. You are still signed in')).toBeVisible();
  await server.start();
  await expect(page.getByText('We cannot reach the server.')).toBeHidden();
  await expect(page.getByText(email)).toBeVisible();
});

test('signing out without a server is not pretended', async ({ page, email, server, expectConsole }) => {
  expectConsole(/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/);
  await register(page, email);
  await server.stop();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('You are still signed in on this device.')).toBeVisible();
  await server.start();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('You are signed out.')).toBeVisible();
});
