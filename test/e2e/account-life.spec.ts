import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { exportSchema } from '../../shared/export.ts';
import { ANY_SIZE, expect, expectAccessible, expectNoOverflow, PASSWORD, signIn } from './fixtures.ts';
import { call, join, test } from './mail.ts';

const NEW_PASSWORD = 'another lantern for the night';

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const press = (page: Page, name: string) => page.getByRole('button', { name }).click();

async function fillRegistration(page: Page, email: string): Promise<void> {
  await page.goto('/register');
  await page.getByLabel('Name').fill('Ada Lovelace');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await press(page, 'Create account');
  await expect(heading(page, 'Check your mail')).toBeFocused();
}

/** What a screen says, but for the address. */
async function wordsOf(page: Page, email: string): Promise<string> {
  return (await page.getByRole('main').innerText()).replaceAll(email, '…');
}

test(
  'whoever registers confirms the address by mail; one that is known is told by mail alone',
  ANY_SIZE,
  async ({ page, email, mail, calls, elsewhere, expectConsole }) => {
    expectConsole(/status of 401/);
    await fillRegistration(page, email);
    const words = await wordsOf(page, email);
    const { link } = await mail.read(email, 'Confirm your e-mail address');

    calls.length = 0;
    await page.goto(link);
    await expect(heading(page, 'Confirm your address')).toBeVisible();
    await expect(page).toHaveURL(/\/verify-email$/);
    expect(await page.evaluate(() => [history.length, JSON.stringify(history.state)].join())).not.toContain(
      'token',
    );
    expect(calls, 'nothing is redeemed before the button is pressed').toEqual([]);
    await press(page, 'Confirm address');
    await expect(heading(page, 'Your address is confirmed')).toBeFocused();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, email);
    await expect(page.getByText('Confirmed', { exact: true })).toBeVisible();

    await elsewhere.goto(link);
    await press(elsewhere, 'Confirm address');
    await expect(heading(elsewhere, 'This link does not work any more')).toBeFocused();
    await elsewhere.goto('/sign-in');
    await elsewhere.goto(link);
    await elsewhere.reload();
    await expect(heading(elsewhere, 'Open the link once more')).toBeVisible();

    await fillRegistration(elsewhere, email);
    expect(await wordsOf(elsewhere, email)).toBe(words);
    expect((await mail.read(email, 'You already have a Sallyport account')).link).toContain(
      '/forgot-password',
    );
    await press(elsewhere, 'Use another address');
    await expect(heading(elsewhere, 'Create your account')).toBeFocused();
    await expect(elsewhere.getByLabel('E-mail address')).toHaveValue(email);
    await expect(elsewhere.getByLabel('Name')).toHaveValue('Ada Lovelace');
  },
);

test(
  'a forgotten password is set anew by mail, which ends every session; an unknown address looks the same',
  ANY_SIZE,
  async ({ page, email, mail, elsewhere, expireLinks, expectConsole }) => {
    expectConsole(/status of 4(01|22)/);
    await join(page, { mail, email });
    const ask = async (address: string): Promise<string> => {
      await elsewhere.goto('/sign-in');
      await elsewhere.getByLabel('E-mail address').fill(address);
      await elsewhere.getByRole('link', { name: 'Forgot your password?' }).click();
      await expect(heading(elsewhere, 'Forgot your password?')).toBeFocused();
      await expect(elsewhere.getByLabel('E-mail address')).toHaveValue(address);
      await press(elsewhere, 'Send me a link');
      await expect(heading(elsewhere, 'Check your mail')).toBeFocused();
      return wordsOf(elsewhere, address);
    };
    expect(await ask(`nobody-${email}`)).toBe(await ask(email));
    const late = await mail.read(email, 'Set a new password');
    expect(mail.subjects(`nobody-${email}`)).toEqual([]);

    expireLinks();
    await elsewhere.goto(late.link);
    await expect(elsewhere).toHaveURL(/\/reset-password$/);
    await elsewhere.getByRole('textbox', { name: 'New password' }).fill(NEW_PASSWORD);
    await press(elsewhere, 'Change password');
    await expect(heading(elsewhere, 'This link does not work any more')).toBeFocused();
    await elsewhere.getByRole('link', { name: 'Send me another link' }).click();
    await elsewhere.getByLabel('E-mail address').fill(email);
    await press(elsewhere, 'Send me a link');

    // In the browser that is signed in, as somebody does who has forgotten what to give at “Change your password”.
    await page.goto((await mail.read(email, 'Set a new password')).link);
    const password = page.getByRole('textbox', { name: 'New password' });
    // Whose password it is, only the server knows.
    await password.fill(`my ${email}`);
    await press(page, 'Change password');
    await expect(
      page.getByText('Choose something that is not built from your e-mail address.'),
    ).toBeVisible();
    await expect(password).toBeFocused();
    await password.fill(NEW_PASSWORD);
    await press(page, 'Change password');
    await expect(heading(page, 'Your password is changed')).toBeFocused();
    await page.getByRole('link', { name: 'Sign in' }).click();
    await expect(heading(page, 'Sign in')).toHaveAccessibleDescription(
      'The password was set anew by a link in mail. Sign in with the new one.',
    );
    await signIn(page, email);
    await expect(page.getByRole('alert')).toContainText('do not match');
    await signIn(page, email, NEW_PASSWORD);
    await expect(heading(page, 'Hello, Ada Lovelace')).toBeVisible();
    await mail.read(email, 'Your Sallyport password was changed');
  },
);

test(
  'another address is confirmed at the new one, shows in every tab, and is undone from the old one',
  ANY_SIZE,
  async ({ page, email, mail, context, elsewhere, expectConsole }) => {
    expectConsole(/status of 401/);
    const newEmail = `new-${email}`;
    await join(page, { mail, email });
    await page.getByRole('link', { name: 'Change your e-mail address' }).click();
    await page.getByLabel('New e-mail address').fill(email);
    await press(page, 'Send the link');
    await expect(page.getByText('This is your address already.')).toBeVisible();
    await page.getByLabel('New e-mail address').fill(newEmail);
    await page.getByRole('textbox', { name: 'Current password' }).fill('not the right password');
    await press(page, 'Send the link');
    await expect(page.getByText('That is not your password.')).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Current password' })).toBeFocused();
    await page.getByRole('textbox', { name: 'Current password' }).fill(PASSWORD);
    await press(page, 'Send the link');
    await expect(heading(page, 'Confirm the new address')).toBeFocused();
    await page.getByRole('link', { name: 'Back to your profile' }).click();
    await expect(page.getByText(email, { exact: true })).toBeVisible();
    await mail.read(email, 'is about to change');

    const tab = await context.newPage();
    await tab.goto((await mail.read(newEmail, 'Confirm your new e-mail address')).link);
    await expect(tab).toHaveURL(/\/confirm-email$/);
    await press(tab, 'Use the new address');
    await expect(heading(tab, 'Your address is changed')).toBeFocused();
    await expect(page.getByText(newEmail, { exact: true })).toBeVisible();

    const undo = await mail.read(email, 'was changed');
    await elsewhere.goto(undo.link);
    await press(elsewhere, 'Undo the change');
    await expect(heading(elsewhere, 'Your old address is back')).toBeFocused();
    await expect(heading(page, 'Sign in')).toHaveAccessibleDescription(
      /address of this account was changed back/,
    );
    await elsewhere.goto((await mail.read(email, 'Set a new password')).link);
    await elsewhere.getByRole('textbox', { name: 'New password' }).fill(NEW_PASSWORD);
    await press(elsewhere, 'Change password');
    await elsewhere.getByRole('link', { name: 'Sign in' }).click();
    await signIn(elsewhere, email, NEW_PASSWORD);
    await expect(elsewhere.getByText(email, { exact: true })).toBeVisible();
  },
);

test(
  'whoever leaves takes their data along; signing in again keeps the account, and all of it can be read',
  ANY_SIZE,
  async ({ page, email, mail, expectConsole }) => {
    expectConsole(/status of 401/);
    await join(page, { mail, email });
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Download my data')]);
    expect(download.suggestedFilename()).toMatch(/^sallyport-export-\d{4}-\d\d-\d\d\.json$/);
    const data = exportSchema.parse(JSON.parse(await readFile(await download.path(), 'utf8')));
    expect(data.account.email).toBe(email);

    await page.getByRole('link', { name: 'Delete your account' }).click();
    const password = page.getByRole('textbox', { name: 'Your password' });
    const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
    await password.fill('not the right password');
    await press(page, 'Delete account');
    await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused();
    await dialog.getByRole('button', { name: 'Delete account' }).click();
    await expect(page.getByText('That is not your password.')).toBeVisible();
    await expect(password).toBeFocused();
    await password.fill(PASSWORD);
    await password.press('Enter');
    await dialog.getByRole('button', { name: 'Delete account' }).click();
    await expect(heading(page, 'Sign in')).toHaveAccessibleDescription(
      'This account is going to be deleted. Sign in to keep it.',
    );
    await mail.read(email, 'will be deleted');

    await signIn(page, email);
    await expect(heading(page, 'Hello, Ada Lovelace')).toHaveAccessibleDescription(
      'Welcome back: your account will not be deleted.',
    );
    await page.getByRole('link', { name: 'Recent activity' }).click();
    await expect(heading(page, 'Recent activity')).not.toHaveAccessibleDescription(/Welcome/);
    const events = page.getByRole('list').last().getByRole('listitem');
    await expect(events).toHaveText([
      // Two of one moment, in either order.
      /^(Signed in|Account kept by signing in)This session/,
      /^(Signed in|Account kept by signing in)This session/,
      /^Deletion of the account asked for/,
      /^Data downloaded/,
      /^Signed in/,
      /^Account created/,
    ]);
    await expect(events.filter({ hasText: 'Account kept by signing in' })).toHaveCount(1);
  },
);

test(
  'the activity goes on page by page, and reading goes on where it was',
  ANY_SIZE,
  async ({ page, email, mail }) => {
    await join(page, { mail, email });
    for (let count = 0; count < 30; count += 1)
      await call(page.url(), 'auth.login', { email, password: PASSWORD });
    await page.goto('/activity');
    const events = page.getByRole('list').last().getByRole('listitem');
    await expect(events).toHaveCount(30);
    await press(page, 'Show more');
    await expect(events).toHaveCount(32);
    await expect(events.nth(30)).toBeFocused();
    await expect(events.last()).toContainText('Account created');
    await expect(page.getByRole('button', { name: 'Show more' })).toBeHidden();
    await expect(events.filter({ hasText: 'This session' })).toHaveCount(1);
  },
);

/** Each screen and what brings it to a state of its own. */
const SCREENS: [path: string, act?: (page: Page) => Promise<void>][] = [
  ['/forgot-password'],
  ['/verify-email'],
  ['/verify-email#token=spent', (page) => press(page, 'Confirm address')],
  ['/confirm-email#token=spent'],
  ['/revert-email#token=spent'],
  ['/reset-password#token=spent'],
  ['/profile'],
  ['/email', (page) => press(page, 'Send the link')],
  ['/activity'],
  ['/delete-account'],
];

test('every screen of it is accessible and fits, in light and dark', async ({
  page,
  email,
  mail,
  expectConsole,
}) => {
  // For a busy machine: each look takes a second or more.
  test.slow();
  expectConsole(/status of 401/);
  await join(page, { mail, email });
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const [path, act] of SCREENS) {
    // Without this a second link would not load the page anew.
    await page.goto('about:blank');
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await act?.(page);
    await expectNoOverflow(page);
    await page.emulateMedia({ colorScheme: 'light' });
    await expectAccessible(page);
    // Nothing else depends on it.
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page, ['color-contrast']);
  }
});
