import type { Page } from '@playwright/test';
import {
  expect,
  expectAccessible,
  expectNoOverflow,
  PASSWORD,
  register,
  signIn,
  signOut,
  test,
} from './fixtures.ts';

test('a person registers, reloads, edits the profile, signs out and in again', async ({ page, email }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page).toHaveTitle('Sign in · Sallyport');
  await page.getByRole('link', { name: 'Create an account' }).click();
  await expect(page).toHaveTitle('Create your account · Sallyport');
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page).toHaveURL(/\/profile$/);
  await expect(page).toHaveTitle('Your profile · Sallyport');

  await page.reload();
  await expect(page.getByText(email)).toBeVisible();

  await page.getByLabel('Name').fill('Countess Lovelace');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('Your name is saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Hello, Countess Lovelace' })).toBeVisible();

  await signOut(page);
  await page.goto('/profile');
  await expect(page).toHaveURL(/\/sign-in/);

  await signIn(page, email);
  await expect(page.getByRole('heading', { name: 'Hello, Countess Lovelace' })).toBeVisible();
});

test('a guarded address is returned to after signing in', async ({ page, email }) => {
  await register(page, email);
  await signOut(page);
  await page.goto('/profile?tab=name#here');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await signIn(page, email);
  await expect(page).toHaveURL(/\/profile\?tab=name#here$/);
});

for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])
  test(`nobody is sent to ${next} after signing in`, async ({ page, email, baseURL }) => {
    await register(page, email);
    await signOut(page);
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await signIn(page, email);
    await expect(page).toHaveURL(`${baseURL}/profile`);
  });

test('a wrong password and an unknown address look the same, and what was typed stays', async ({
  page,
  email,
  expectConsole,
}) => {
  expectConsole(/status of 401/);
  await register(page, email);
  await signOut(page);
  const words = page.getByText('That e-mail address and password do not match.');
  for (const address of [email, `nobody-${email}`]) {
    await page.goto('/sign-in');
    await signIn(page, address, 'not the right password');
    await expect(words).toBeVisible();
    await expect(page.getByLabel('E-mail address')).toHaveValue(address);
    await expect(page.getByRole('textbox', { name: 'Password' })).toHaveValue('not the right password');
  }
});

test('a taken address leads to the sign-in screen', async ({ page, email, expectConsole }) => {
  expectConsole(/status of 409/);
  await register(page, email);
  await signOut(page);
  await page.goto('/register');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('link', { name: 'Sign in instead?' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page.getByLabel('E-mail address')).toHaveValue(email);
});

test('a password is judged while it is typed, and one from the lists is refused by the server', async ({
  page,
  email,
  expectConsole,
}) => {
  expectConsole(/ERR_FAILED|status of 422/);
  // With them the page itself finds what is on the lists.
  await page.route('**/assets/password-strength-*.js', (route) => route.abort());
  await page.goto('/register');
  const password = page.getByRole('textbox', { name: 'Password' });
  await page.getByLabel('E-mail address').fill(email);
  await password.fill('lantern');
  await expect(page.getByText('7 of at least 15 characters.').first()).toBeVisible();
  await password.fill(`my ${email}`);
  await expect(
    page.getByText('Choose something that is not built from your e-mail address.').first(),
  ).toBeVisible();
  await password.fill('passwordpassword');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(
    page.getByText('This password is on lists that attackers try first. Choose another.'),
  ).toBeVisible();
  await expect(password).toBeFocused();
});

test('a passphrase is made on request, shown, and good to register with', async ({ page, email }) => {
  await page.goto('/register');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('button', { name: 'Make a passphrase for me' }).click();
  const password = page.getByRole('textbox', { name: 'Password' });
  await expect(password).toHaveValue(/^([a-z]+-){5}[a-z]+$/);
  await expect(password).toHaveAttribute('type', 'text');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page).toHaveURL(/\/profile$/);
});

test('fields say what is wrong, and the first of them takes the focus', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Enter a password.')).toBeVisible();
  await expect(page.getByLabel('E-mail address')).toBeFocused();
  await expect(page.getByLabel('E-mail address')).toHaveAttribute('aria-invalid', 'true');
});

test('password managers find what they look for', async ({ page }) => {
  await page.goto('/sign-in');
  await expect(page.getByLabel('E-mail address')).toHaveAttribute('autocomplete', 'username');
  await expect(page.getByRole('textbox', { name: 'Password' })).toHaveAttribute(
    'autocomplete',
    'current-password',
  );
  await page.goto('/register');
  await expect(page.getByLabel('E-mail address')).toHaveAttribute('autocomplete', 'username');
  await expect(page.getByRole('textbox', { name: 'Password' })).toHaveAttribute(
    'autocomplete',
    'new-password',
  );
});

test('the keyboard alone is enough', async ({ page, email, isMobile }) => {
  test.skip(isMobile, 'phones have none');
  await register(page, email);
  await signOut(page);
  await page.goto('/sign-in');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByLabel('E-mail address')).toBeFocused();
  await page.keyboard.type(email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Show password' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeFocused();
});

test('every screen is accessible and fits, in light and dark', async ({ page, email }) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const path of ['/sign-in', '/register', '/nowhere']) {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAccessible(page);
      await expectNoOverflow(page);
    }
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByText('Enter a password.')).toBeVisible();
    await expectAccessible(page);
  }
  await register(page, email);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page);
    await expectNoOverflow(page);
  }
});

test('an unknown address has a page of its own', async ({ page }) => {
  await page.goto('/no/such/page');
  await expect(page).toHaveTitle('Page not found · Sallyport');
  await page.getByRole('link', { name: 'Go to the start' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
});

test('the first load of the sign-in screen stays small', async ({ page }) => {
  const sizes: Promise<number>[] = [];
  page.on('response', (response) => {
    if (!response.url().endsWith('.js')) return;
    expect(response.headers()['content-encoding']).toBe('br');
    sizes.push(
      response
        .request()
        .sizes()
        .then(({ responseBodySize }) => responseBodySize),
    );
  });
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await page.waitForLoadState('networkidle');
  const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThan(130_000);
});

test('a name that was changed on another device shows when the page is seen again', async ({
  page,
  email,
  elsewhere,
}) => {
  await page.clock.install();
  await register(page, email);
  await elsewhere.goto('/sign-in');
  await signIn(elsewhere, email);
  await saveName(elsewhere, 'Countess Lovelace');

  await seeAgain(page);
  await expect(page.getByRole('heading', { name: 'Hello, Countess Lovelace' })).toBeVisible();
  await expect(page.getByLabel('Name')).toHaveValue('Countess Lovelace');
});

test('a name that was changed back on another device shows as well', async ({
  page,
  email,
  context,
  elsewhere,
}) => {
  await page.clock.install();
  await register(page, email);
  await seeAgain(page);
  const tab = await context.newPage();
  await tab.goto('/profile');
  await saveName(tab, 'Countess Lovelace');
  await tab.close();
  await expect(page.getByRole('heading', { name: 'Hello, Countess Lovelace' })).toBeVisible();
  await elsewhere.goto('/sign-in');
  await signIn(elsewhere, email);
  await saveName(elsewhere, 'Ada Lovelace');

  await seeAgain(page);
  await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeVisible();
});

test('a profile that is opened again shows what was saved last', async ({ page, email, calls }) => {
  await register(page, email);
  await saveName(page, 'Countess Lovelace');
  await page.evaluate(() => history.pushState({}, '', '/nowhere'));
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
  calls.length = 0;
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'Hello, Countess Lovelace' })).toBeVisible();
  // The stream of news is taken up again; about the person nothing is asked.
  expect(calls.filter((path) => path !== 'sessions.live')).toEqual([]);
});

test('an answer about the profile that was asked for before a change does not undo it', async ({
  page,
  email,
}) => {
  await page.clock.install();
  await register(page, email);
  let release = (): void => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/trpc/auth.me*', async (route) => {
    const response = await route.fetch();
    await released;
    await route.fulfill({ response });
  });
  const asked = page.waitForRequest(/auth\.me/);
  await seeAgain(page);
  await asked;
  await saveName(page, 'Countess Lovelace');
  const answered = page.waitForResponse(/auth\.me/);
  release();
  await answered;
  await expect(page.getByRole('heading', { name: 'Hello, Countess Lovelace' })).toBeVisible();
  await expect(page.getByLabel('Name')).toHaveValue('Countess Lovelace');
});

async function saveName(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('Your name is saved.')).toBeVisible();
}

/** After a minute elsewhere. */
async function seeAgain(page: Page): Promise<void> {
  await page.clock.fastForward('01:00');
  await page.evaluate(() => dispatchEvent(new Event('visibilitychange')));
}
