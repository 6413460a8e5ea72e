import {
  ANY_SIZE,
  expect,
  expectAccessible,
  expectNoOverflow,
  PASSWORD,
  register,
  signIn,
  signOut,
  test,
} from './fixtures.ts';

const NEW_PASSWORD = 'another lantern for the night';

test('changing the password ends the other sessions, keeps this one, and lets only the new one in', async ({
  page,
  elsewhere,
  email,
  expectConsole,
}) => {
  expectConsole(/status of 401/);
  await register(page, email);
  await elsewhere.goto('/sign-in');
  await signIn(elsewhere, email);
  await expect(elsewhere.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeVisible();

  await page.getByRole('main').getByRole('link', { name: 'Change your password' }).last().click();
  await expect(page.getByRole('heading', { name: 'Change your password' })).toBeFocused();
  await page.getByRole('textbox', { name: 'Current password' }).fill('not the password at all');
  await page.getByRole('textbox', { name: 'New password' }).fill('short');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Use at least 15 characters.')).toBeVisible();
  await page.getByRole('textbox', { name: 'New password' }).fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('That is not your current password.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Current password' })).toBeFocused();

  await page.getByRole('textbox', { name: 'Current password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Your password is changed. All other sessions are ended.')).toBeVisible();
  await expect(elsewhere.getByRole('heading', { name: 'Sign in' })).toHaveAccessibleDescription(
    'The password was changed on another device. Sign in with the new one.',
  );
  await page.reload();
  await page.getByRole('link', { name: 'Back to your profile' }).click();
  await expect(page.getByText(email)).toBeVisible();

  await signOut(page);
  await signIn(page, email);
  await expect(page.getByRole('alert')).toContainText('do not match');
  await signIn(page, email, NEW_PASSWORD);
  await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeVisible();
});

test(
  'another tab of the same browser goes on when the password is changed',
  ANY_SIZE,
  async ({ page, context, email }) => {
    await register(page, email);
    const tab = await context.newPage();
    await tab.goto('/profile');
    await expect(tab.getByText(email)).toBeVisible();
    await page.goto('/password');
    await page.getByRole('textbox', { name: 'Current password' }).fill(PASSWORD);
    await page.getByRole('textbox', { name: 'New password' }).fill(NEW_PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByText('Your password is changed.')).toBeVisible();
    await tab.getByLabel('Name').fill('Still here');
    await tab.getByRole('button', { name: 'Save name' }).click();
    await expect(tab.getByText('Your name is saved.')).toBeVisible();
  },
);

test('the screen is accessible and fits, in light and dark', async ({ page, email }) => {
  await register(page, email);
  await page.goto('/password');
  await expect(page.getByRole('heading', { name: 'Change your password' })).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoOverflow(page);
});
