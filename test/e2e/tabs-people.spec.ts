import type { BrowserContext, Page } from '@playwright/test';
import { expect, PASSWORD, register, signIn, signOut, test } from './fixtures.ts';
import {
  callFrom,
  holdAnswers,
  jumpAndHalt,
  MINUTE,
  openTabs,
  refreshCookieOf,
  type HeldCall,
} from './tabs.ts';

const COUNT = 10;

type Name = 'Grace' | 'Linus';

for (const [first, last] of [
  ['Grace', 'Linus'],
  ['Linus', 'Grace'],
] as const)
  test(`when ${first} and ${last} sign in at once in two tabs, both tabs and the cookie are ${last}’s, whose answer came last`, async ({
    page,
    context,
    server,
  }) => {
    const logins = await signInAtOnce(page, server.url);
    for (const name of [first, last]) {
      await logins[name].arrive();
      for (const tab of context.pages()) await expectOnly(tab, name);
    }
    for (const tab of context.pages()) {
      await tab.reload();
      await expectOnly(tab, last);
    }
  });

test('when two people’s sign-ins cross between the tabs, both tabs are whose the cookie is', async ({
  page,
  context,
  server,
}) => {
  await holdMessages(context);
  const logins = await signInAtOnce(page, server.url);
  await Promise.all([logins.Grace.arrive(), logins.Linus.arrive()]);
  for (const tab of context.pages()) await expect(tab.locator('html')).toHaveAttribute('data-held', 'yes');
  for (const tab of context.pages()) await tab.evaluate(() => dispatchEvent(new Event('letgo')));
  const cookie = await refreshCookieOf(context);
  const name = cookie === logins.Grace.cookie?.split('=')[1] ? 'Grace' : 'Linus';
  for (const tab of context.pages()) await expectOnly(tab, name);
  for (const tab of context.pages()) {
    await tab.reload();
    await expectOnly(tab, name);
  }
});

test('what was under way for one person is dropped when another signs in in another tab', async ({
  page,
  context,
  server,
}) => {
  const logins = await signInAtOnce(page, server.url);
  await logins.Grace.arrive();
  for (const tab of context.pages()) await expectOnly(tab, 'Grace');
  const updates = await holdAnswers(context, 'account.updateProfile');
  await page.getByLabel('Name').fill('Grace Hopper');
  await page.getByRole('button', { name: 'Save name' }).click();
  const update = await updates.next();
  await logins.Linus.arrive();
  await expectOnly(page, 'Linus');
  await update.arrive();
  await context.unrouteAll();
  for (const tab of context.pages()) {
    await callFrom(tab);
    await expectOnly(tab, 'Linus');
  }
});

test('signing out in one of ten tabs shows in the others within a second', async ({
  page,
  context,
  email,
}) => {
  await context.clock.install();
  await register(page, email);
  const tabs = await openTabs(page, { count: COUNT, email });
  // Not a moment passes from here on for any of them, whatever the machine does besides: what polls or waits fails.
  await jumpAndHalt(page, MINUTE);
  await page.getByRole('button', { name: 'Sign out' }).click();
  for (const tab of tabs) await expect(tab.getByText('You are signed out.')).toBeVisible();
});

test('after a sign-out every tab is a stranger’s again, and causes no request', async ({
  page,
  email,
  calls,
}) => {
  await register(page, email);
  const tabs = await openTabs(page, { count: 3, email });
  await signOut(page);
  for (const tab of tabs) await expect(tab.getByText('You are signed out.')).toBeVisible();
  calls.length = 0;
  for (const tab of tabs) {
    await tab.goto('/profile');
    await expect(tab.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  }
  expect(calls).toEqual([]);
});

/** Grace in `page` and Linus in a tab beside it: the server has signed both in, and neither tab knows of it yet. */
async function signInAtOnce(page: Page, url: string): Promise<Record<Name, HeldCall>> {
  const logins = await holdAnswers(page.context(), 'auth.login');
  const submit = async (tab: Page, name: Name): Promise<HeldCall> => {
    const email = `${name}-${crypto.randomUUID()}@example.com`;
    await createAccount(url, { name, email });
    await tab.goto('/sign-in');
    await signIn(tab, email);
    return logins.next();
  };
  return {
    Grace: await submit(page, 'Grace'),
    Linus: await submit(await page.context().newPage(), 'Linus'),
  };
}

/** What a tab tells the others waits in it for the event `letgo`; from then on it is told at once. */
async function holdMessages(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    let isHeld = true;
    addEventListener('letgo', () => (isHeld = false));
    class PatientChannel extends BroadcastChannel {
      override postMessage(message: unknown): void {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin only
        const post = () => super.postMessage(message);
        if (!isHeld) return post();
        document.documentElement.dataset['held'] = 'yes';
        addEventListener('letgo', post, { once: true });
      }
    }
    globalThis.BroadcastChannel = PatientChannel;
  });
}

async function createAccount(url: string, person: { name: string; email: string }): Promise<void> {
  const answer = await fetch(new URL('/trpc/auth.register', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...person, password: PASSWORD }),
  });
  expect(answer.status).toBe(200);
}

/** The page is this person's, and has nothing of the other. */
async function expectOnly(tab: Page, name: Name): Promise<void> {
  await expect(tab.getByRole('heading', { name: `Hello, ${name}`, exact: true })).toBeVisible();
  await expect(tab.getByText(`${name}-`)).toBeVisible();
  await expect(tab.getByLabel('Name')).toHaveValue(name);
  expect(await tab.content()).not.toMatch(name === 'Grace' ? /linus/i : /grace/i);
}
