import { AxeBuilder } from '@axe-core/playwright';
import { ANY_SIZE, expect, PASSWORD, test } from './fixtures.ts';

test(
  'a person authorises in the reference with e-mail and password, and is told their claims',
  ANY_SIZE,
  async ({ page, request, email }) => {
    await request.post('/trpc/auth.register', { data: { email, password: PASSWORD } });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto('/docs');
    await page.getByRole('button', { name: 'Authorize' }).click();
    await expect(page.getByLabel('username')).toBeFocused();
    await page.getByLabel('username').fill(email);
    await page.getByLabel('password', { exact: false }).first().fill(PASSWORD);
    await page.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click();
    await expect(page.getByRole('button', { name: 'Remove authorization' })).toBeVisible();
    await page.getByRole('button', { name: 'Close' }).last().click();

    const userinfo = page.locator('#operations-oauth-userinfo');
    await userinfo.getByRole('button', { name: 'GET /oauth/userinfo Who' }).click();
    await userinfo.getByRole('button', { name: 'Try it out' }).click();
    await userinfo.getByRole('button', { name: 'Execute' }).click();
    await expect(userinfo.getByText(`"email": "${email}"`)).toBeVisible();

    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // The colours are ours. The markup is swagger-ui's: a button in a button, areas that scroll without a focus.
      const { violations } = await new AxeBuilder({ page }).withRules('color-contrast').analyze();
      expect(violations.flatMap(({ nodes }) => nodes.map(({ html }) => html))).toEqual([]);
    }
  },
);
