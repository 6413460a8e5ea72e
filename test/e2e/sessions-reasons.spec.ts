import type { Page } from '@playwright/test';
import { expect, expectAccessible, PASSWORD, register, signIn, test } from './fixtures.ts';

/** A renewal comes soon, and a replaced refresh token is not excused for long. */
test.use({ variables: { ACCESS_TOKEN_TTL: '5s', REFRESH_GRACE: '1s' } });

/** A call of somebody else, which the page hears nothing of. */
async function call(
  page: Page,
  path: string,
  { input = {}, headers = {} }: { input?: object; headers?: object },
) {
  const answer = await fetch(new URL(`/trpc/${path}`, page.url()), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(input),
  });
  expect(answer.status).toBe(200);
  const body = (await answer.json()) as { result: { data: { accessToken: string } } };
  return body.result.data;
}

test('a password that was changed elsewhere signs this page out at once, and it says why', async ({
  page,
  email,
  expectConsole,
}) => {
  expectConsole(/status of 401/); // a renewal that was under way when the session ended
  await register(page, email);
  const { accessToken } = await call(page, 'auth.login', { input: { email, password: PASSWORD } });
  const newPassword = 'another lantern for the night';
  await call(page, 'account.changePassword', {
    input: { currentPassword: PASSWORD, newPassword },
    headers: { authorization: `Bearer ${accessToken}` },
  });
  await expect(page.getByRole('heading', { name: 'Sign in' })).toHaveAccessibleDescription(
    'The password was changed on another device. Sign in with the new one.',
  );
  await expectAccessible(page);
  await signIn(page, email, newPassword);
  await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeVisible();
});

test('a copied sign-in ends for both, and the owner is told here and at the next sign-in', async ({
  page,
  email,
  context,
  expectConsole,
}) => {
  expectConsole(/status of 401/);
  await register(page, email);
  const [cookie] = await context.cookies();
  // Whoever has copied the cookie is the first to use it: what the page holds has been replaced.
  await call(page, 'auth.refresh', { headers: { cookie: `sallyport_refresh=${cookie?.value}` } });
  await expect(page.getByText('a copy of this browser’s sign-in was used elsewhere')).toBeVisible();
  await signIn(page, email);
  const notice = page.getByRole('status').filter({ hasText: 'We ended a session for your safety.' });
  await expect(notice).toContainText(/A copy of its sign-in was used from Chrom\w+ on .* at /);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page);
  }
  await notice.getByRole('button').click();
  await expect(notice).toBeHidden();
  await page.reload();
  await expect(page.getByText(email)).toBeVisible();
  await expect(notice).toBeHidden();
});
