import {
  ANY_SIZE,
  expect,
  expectAccessible,
  expectNoOverflow,
  PASSWORD,
  register,
  test,
} from './fixtures.ts';

const GUESSABLE = 'Manchester United';
const WORDS = '**/assets/password-strength-*.js';

test('what is typed is judged in words as it is typed: how good, why, and what to do', async ({ page }) => {
  await page.goto('/register');
  const password = page.getByRole('textbox', { name: 'Password' });
  await password.fill('Manchester');
  await expect(password).toHaveAccessibleDescription('10 of at least 15 characters.');
  await password.fill(GUESSABLE);
  const verdict = 'Too easy to guess: common words and phrases are tried early. Add a few unrelated words.';
  await expect(password).toHaveAccessibleDescription(verdict);
  await expect(page.getByRole('status').filter({ hasText: verdict })).toBeAttached();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expectAccessible(page);
  await expectNoOverflow(page);
  await page.getByLabel('Name').fill('Magda Wojciechowska');
  await password.fill('Wojciechowska1987');
  await expect(password).toHaveAccessibleDescription(/for somebody who knows your name or address/);
  await password.fill(PASSWORD);
  await expect(password).toHaveAccessibleDescription('Good: long enough, and hard to guess.');
});

test('a judgement of the longest kind moves nothing below it', ANY_SIZE, async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto('/register');
  const password = page.getByRole('textbox', { name: 'Password' });
  const button = page.getByRole('button', { name: 'Create account' });
  const before = await button.evaluate((element) => element.getBoundingClientRect().top + scrollY);
  await password.fill('P@$$w0rdM0nkey1');
  await expect(password).toHaveAccessibleDescription(/it is still that word/);
  const after = await button.evaluate((element) => element.getBoundingClientRect().top + scrollY);
  expect(after).toBe(before);
});

test(
  'the words are fetched when a password is about to be chosen, and not before',
  ANY_SIZE,
  async ({ page }) => {
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
    const isFetched = () => fetched.some((path) => path.startsWith('/assets/password-strength-'));
    await page.goto('/register');
    await page.getByLabel('E-mail address').fill('ada@example.com');
    await page.waitForLoadState('networkidle');
    expect(isFetched()).toBe(false);
    await page.getByRole('textbox', { name: 'Password' }).focus();
    await expect.poll(isFetched).toBe(true);
  },
);

test(
  'without the words the other rules are told, and the server refuses all the same',
  ANY_SIZE,
  async ({ page, email, expectConsole }) => {
    expectConsole(/ERR_FAILED|status of 422/);
    await page.route(WORDS, (route) => route.abort());
    await page.goto('/register');
    await page.getByLabel('E-mail address').fill(email);
    const password = page.getByRole('textbox', { name: 'Password' });
    await password.fill(GUESSABLE);
    await expect(password).toHaveAccessibleDescription('Long enough.');
    await page.getByRole('button', { name: 'Create account' }).click();
    await expect(password).toHaveAccessibleDescription(/^Too easy to guess: common words/);
    await expect(password).toBeFocused();
    await page.unroute(WORDS);
    await page.getByLabel('E-mail address').focus();
    await password.focus();
    await password.fill('princess princess');
    await expect(page.getByText(/Too easy to guess/).first()).toBeVisible();
    await password.fill(PASSWORD);
    await page.getByRole('button', { name: 'Create account' }).click();
    await expect(page.getByText(email)).toBeVisible();
  },
);

test('the form for a new password judges in the same words', async ({ page, email }) => {
  await register(page, email);
  await page.goto('/password');
  const password = page.getByRole('textbox', { name: 'New password' });
  await expect(password).toHaveAccessibleDescription(/^At least 15 characters\./);
  await password.fill('Ada Lovelace 1815');
  await expect(password).toHaveAccessibleDescription(/who knows your name or address/);
  await page.getByRole('textbox', { name: 'Current password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(password).toBeFocused();
  await password.fill('another lantern for the night');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Your password is changed. All other sessions are ended.')).toBeVisible();
});
