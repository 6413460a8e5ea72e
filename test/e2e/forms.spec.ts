import { ANY_SIZE, expect, holdBack, PASSWORD, register, signIn, signOut, test } from './fixtures.ts';

test('a form that is sent twice makes one call', async ({ page, email }) => {
  await register(page, email);
  await signOut(page);
  const { count, goOn } = await holdBack(page, 'auth.login');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).dblclick();
  await page.getByRole('textbox', { name: 'Password' }).press('Enter');
  await expect.poll(count).toBe(1);
  goOn();
  await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeVisible();
  expect(count()).toBe(1);
});

test('a form that takes long says so to a screen reader', async ({ page, email }) => {
  await register(page, email);
  await signOut(page);
  const { goOn } = await holdBack(page, 'auth.login');
  await signIn(page, email);
  await expect(page.getByRole('status').filter({ hasText: 'Signing in …' })).toBeAttached();
  goOn();
  await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeVisible();
});

test('what is typed while the name is being saved does not stand there as saved', async ({ page, email }) => {
  await register(page, email);
  const { count, goOn } = await holdBack(page, 'account.updateProfile');
  const name = page.getByLabel('Name');
  await name.fill('Countess');
  await name.press('Enter');
  await expect.poll(count).toBe(1);
  await page.keyboard.type(' Lovelace');
  await expect(name).toBeFocused();
  goOn();
  await expect(page.getByText('Your name is saved.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Hello, Countess', exact: true })).toBeVisible();
  await expect(name).toHaveValue('Countess');
  await page.keyboard.type(' Lovelace');
  await expect(name).toHaveValue('Countess Lovelace');
  await expect(page.getByText('Your name is saved.')).toBeHidden();
});

test('an address that was typed comes along to the other form, and never in the URL', async ({
  page,
  email,
}) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('link', { name: 'Create an account' }).click();
  // The address changes before the screen does, and both have a field of this name.
  await expect(page.getByRole('heading', { name: 'Create your account' })).toBeVisible();
  await expect(page).toHaveURL(/\/register$/);
  await expect(page.getByLabel('E-mail address')).toHaveValue(email);
  await page.getByLabel('E-mail address').fill(`new-${email}`);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(page.getByLabel('E-mail address')).toHaveValue(`new-${email}`);
});

test('an address with something invisible in it is accepted without it', async ({ page, email }) => {
  await page.goto('/register');
  await page.getByLabel('Name').fill('\ufeffAda Lovelace\u200b');
  await page.getByLabel('E-mail address').fill(`\u200b${email}\u2060`);
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace', exact: true })).toBeVisible();
  await expect(page.getByText(email, { exact: true })).toBeVisible();
});

test('HTML in a name is shown as the text that it is', async ({ page, email }) => {
  await register(page, email);
  const name = `<img src="/none" onerror="document.title='x'"> & <b>Ada</b> &lt;3`;
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByRole('heading', { name: `Hello, ${name}`, exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: `Hello, ${name}`, exact: true })).toBeVisible();
  await expect(page.getByLabel('Name')).toHaveValue(name);
  await expect(page.locator('main b, main img')).toHaveCount(0);
});

test('a call that stalls is given up after half a minute, and the form says so', async ({ page, email }) => {
  // The half minute passes at once, for the calls that are held back and for no others; the browser's own
  // time-outs obey no clock that a test could move.
  await page.addInitScript(() => {
    const timeOutAfter = AbortSignal.timeout.bind(AbortSignal);
    AbortSignal.timeout = (delay) =>
      timeOutAfter(document.documentElement.dataset['impatient'] === 'yes' ? 1 : delay);
  });
  const setImpatient = (impatient: 'yes' | 'no') =>
    page.evaluate((value) => void (document.documentElement.dataset['impatient'] = value), impatient);
  await register(page, email);
  const save = await holdBack(page, 'account.updateProfile');
  await page.getByLabel('Name').fill('Countess');
  await setImpatient('yes');
  await page.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('The server did not answer. Try again in a moment.')).toBeVisible();
  await expect(page.getByLabel('Name')).toHaveValue('Countess');
  await setImpatient('no');
  save.goOn();
  await signOut(page);
  const login = await holdBack(page, 'auth.login');
  await setImpatient('yes');
  await signIn(page, email);
  await expect(page.getByText('The server did not answer. Try again in a moment.')).toBeVisible();
  login.goOn();
});

test(
  'whoever runs this for themselves is led to the mailbox of their machine after each mail',
  ANY_SIZE,
  async ({ page, email }) => {
    const mailbox = page.getByRole('link', { name: 'Open the mailbox of this machine (opens a new tab)' });
    await register(page, email);
    await expect(mailbox).toHaveCount(0);
    await page.getByRole('button', { name: 'Send a link to confirm it' }).click();
    await expect(page.getByText('Check your mail: a link is on its way.')).toBeVisible();
    await expect(mailbox).toHaveAttribute('href', '/dev/mailbox');
    await page.goto('/forgot-password');
    await expect(page.getByLabel('E-mail address')).toHaveValue(email);
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await expect(page.getByRole('heading', { name: 'Check your mail' })).toBeFocused();
    await expect(mailbox).toHaveAttribute('target', '_blank');
    await page.getByRole('link', { name: 'Back to your profile' }).click();
    await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeVisible();
  },
);
