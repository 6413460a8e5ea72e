import { ANY_SIZE, expect, register, test } from './fixtures.ts';

/** Open to the network, so that its mailbox page would be too: no mail then. */
test.use({ variables: { HOST: '0.0.0.0' } });

test(
  'a site that sends no mail says so, and offers nothing that would need it',
  ANY_SIZE,
  async ({ page, email, calls }) => {
    await page.goto('/forgot-password');
    await expect(page.getByText('This site sends no mail, so it cannot send you a link.')).toBeVisible();
    await expect(page.getByRole('textbox')).toHaveCount(0);
    await register(page, email);
    await expect(page.getByText('Not confirmed')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Send a link to confirm it' })).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'Change your password' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Change your e-mail address' })).toHaveCount(0);
    calls.length = 0;
    await page.goto('/email');
    await expect(
      page.getByText('This site sends no mail, so it cannot find out whether a new one is yours'),
    ).toBeVisible();
    await expect(page.getByRole('textbox')).toHaveCount(0);
    expect(calls).not.toContain('account.changeEmail');
  },
);
