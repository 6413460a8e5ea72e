import type { Page } from '@playwright/test';
import {
  ANY_SIZE,
  expect,
  expectAccessible,
  expectNoOverflow,
  holdBack,
  PASSWORD,
  register,
  signIn,
  signOut,
  test,
  watchStreams,
} from './fixtures.ts';

const ENDED_ELSEWHERE = 'You were signed out because this session was ended from another of your devices.';

/** The list of this page, once it is there. */
async function openSessions(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Where you are signed in' }).click();
  await expect(page.getByRole('heading', { name: 'Where you are signed in' })).toBeVisible();
  await expect(page.getByText('This device')).toBeVisible();
}

/** Another browser of the same person, which has nothing to do with the notice of its own sign-in. */
async function signInElsewhere(elsewhere: Page, email: string): Promise<void> {
  await elsewhere.goto('/sign-in');
  await signIn(elsewhere, email);
  await expect(elsewhere.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeVisible();
}

/** A device that has not been seen before, and that is no browser. */
async function signInFromNowhere(page: Page, email: string, userAgent = 'nowhere'): Promise<void> {
  const answer = await fetch(new URL('/trpc/auth.login', page.url()), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': userAgent },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  expect(answer.status).toBe(200);
}

const rows = (page: Page) => page.getByRole('main').getByRole('listitem').filter({ hasText: 'Signed in' });
const endButton = (page: Page) => page.getByRole('button', { name: /^End session: Chrom\w+ on / });
const notice = (page: Page) => page.getByRole('status').filter({ hasText: 'New sign-in: Chrom' });

test('a person sees where they are signed in, which one this is, and since when', async ({ page, email }) => {
  await register(page, email);
  await openSessions(page);
  await expect(page).toHaveURL(/\/sessions$/);
  await expect(page).toHaveTitle('Where you are signed in · Sallyport');
  await expect(page.getByRole('heading', { name: 'Where you are signed in' })).toBeFocused();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText(/Chrom\w+ on /);
  await expect(rows(page)).toContainText('Active now');
  await expect(rows(page)).toContainText(/127\.0\.0\.1|::1/);
  const time = rows(page).getByText('just now');
  await expect(time).toHaveAttribute('datetime', /^\d{4}-.*Z$/);
  await expect(time).toHaveAttribute('title', /\w+day, .* at \d/);
  await expect(page.getByText('You are signed in nowhere else.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'End all other sessions' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Back to your profile' }).click();
  await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeFocused();
});

test('the words for a time go on with the time', ANY_SIZE, async ({ page, email }) => {
  await page.clock.install();
  await register(page, email);
  await openSessions(page);
  await expect(rows(page).getByText('just now')).toBeVisible();
  await page.clock.fastForward('02:05');
  await expect(rows(page).getByText('2 minutes ago')).toBeVisible();
});

test('a clock that is slow makes no sign-in come from the future', ANY_SIZE, async ({ page, email }) => {
  await page.clock.install({ time: Date.now() - 3_600_000 });
  await register(page, email);
  await openSessions(page);
  await expect(rows(page).getByText('just now')).toBeVisible();
});

test('ending a session signs the other browser out at once, and it says why', async ({
  page,
  email,
  elsewhere,
}) => {
  await register(page, email);
  await signInElsewhere(elsewhere, email);
  await openSessions(page);
  await expect(rows(page)).toHaveCount(2);
  await endButton(page).click();
  const dialog = page.getByRole('dialog', { name: /^End the session of Chrom/ });
  await expect(dialog).toContainText('Whoever uses it is signed out at once. This cannot be undone');
  await expect(dialog.getByRole('button', { name: 'Keep it' })).toBeFocused();
  await dialog.getByRole('button', { name: 'End session' }).click();
  await expect(elsewhere.getByRole('heading', { name: 'Sign in' })).toHaveAccessibleDescription(
    `${ENDED_ELSEWHERE} Sign in to go on.`,
  );
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('status').filter({ hasText: /The session of .* is ended\./ })).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByRole('heading', { name: 'Where you are signed in' })).toBeFocused();
});

test('a session that is not confirmed to be ended goes on', async ({ page, email, elsewhere, calls }) => {
  await register(page, email);
  await signInElsewhere(elsewhere, email);
  await openSessions(page);
  for (const close of [
    () => page.getByRole('button', { name: 'Keep it' }).click(),
    () => page.keyboard.press('Escape'),
  ]) {
    await endButton(page).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await close();
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(endButton(page)).toBeFocused();
  }
  await expect(rows(page)).toHaveCount(2);
  expect(calls).not.toContain('sessions.revoke');
  await elsewhere.reload();
  await expect(elsewhere.getByText(email)).toBeVisible();
});

test('all other sessions are ended together, and this one stays', async ({ page, email, elsewhere }) => {
  await register(page, email);
  await signInElsewhere(elsewhere, email);
  await openSessions(page);
  await page.getByRole('button', { name: 'End all other sessions' }).click();
  const dialog = page.getByRole('dialog', { name: 'End the other session?' });
  await dialog.getByRole('button', { name: 'End session' }).click();
  await expect(elsewhere.getByText(ENDED_ELSEWHERE)).toBeVisible();
  await expect(page.getByText('1 other session is ended.')).toBeVisible();
  await expect(page.getByText('You are signed in nowhere else.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Where you are signed in' })).toBeFocused();
  await page.reload();
  await expect(page.getByText('This device')).toBeVisible();
});

test('a question that has become moot closes, and says so', async ({ page, email, elsewhere }) => {
  await register(page, email);
  await signInElsewhere(elsewhere, email);
  await openSessions(page);
  await page.getByRole('button', { name: 'End all other sessions' }).click();
  const dialog = page.getByRole('dialog', { name: 'End the other session?' });
  await expect(dialog).toBeVisible();
  await signOut(elsewhere);
  // As when the page is looked at again: the list is asked for anew.
  await page.evaluate(() => dispatchEvent(new Event('visibilitychange')));
  await expect(dialog).toBeHidden();
  await expect(page.getByText('The other sessions have ended already.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Where you are signed in' })).toBeFocused();
});

test('this session is signed out of, not ended', async ({ page, email }) => {
  await register(page, email);
  await openSessions(page);
  await signOut(page);
});

test('a session that cannot be ended says why, and can be tried again', async ({
  page,
  email,
  elsewhere,
  context,
  expectConsole,
}) => {
  expectConsole(/ERR_INTERNET_DISCONNECTED|status of 429/);
  await register(page, email);
  await signInElsewhere(elsewhere, email);
  await openSessions(page);
  await endButton(page).click();
  const dialog = page.getByRole('dialog');
  const confirm = dialog.getByRole('button', { name: 'End session' });
  await context.setOffline(true);
  await confirm.click();
  await expect(dialog.getByRole('alert')).toHaveText(
    'You are offline. Connect to the internet and try again.',
  );
  await context.setOffline(false);
  const data = { code: 'X', httpStatus: 429, reason: 'throttled', requestId: '1', retryAfter: 40 };
  const json = [{ error: { message: 'throttled', code: -32_029, data } }];
  await page.route('**/trpc/sessions.revoke*', (route) => route.fulfill({ status: 429, json }));
  await confirm.click();
  await expect(dialog.getByRole('alert')).toHaveText('Too many attempts. Try again in 40 seconds.');
  await expectAccessible(page);
  await page.unroute('**/trpc/sessions.revoke*');
  await confirm.click();
  await expect(elsewhere.getByText(ENDED_ELSEWHERE)).toBeVisible();
  await expect(dialog).toBeHidden();
});

test(
  'ending takes its time without being sent twice or left half-way',
  ANY_SIZE,
  async ({ page, email, elsewhere }) => {
    await register(page, email);
    await signInElsewhere(elsewhere, email);
    await openSessions(page);
    const { count, goOn } = await holdBack(page, 'sessions.revoke');
    await endButton(page).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'End session' }).click();
    await dialog.getByRole('button', { name: 'Ending …' }).click({ force: true });
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await expect(dialog).toBeVisible();
    // Chromium gives way to the second.
    for (const _ of [1, 2, 3]) await page.keyboard.press('Escape');
    goOn();
    await expect(dialog).toBeHidden();
    await expect(page.getByText(/The session of .* is ended\./)).toBeVisible();
    await expect(rows(page)).toHaveCount(1);
    await expect(page.getByRole('heading', { name: 'Where you are signed in' })).toBeFocused();
    expect(count()).toBe(1);
  },
);

test(
  'an end that fails when its dialog is gone says so all the same',
  ANY_SIZE,
  async ({ page, email, elsewhere, expectConsole }) => {
    expectConsole(/ERR_FAILED/);
    await register(page, email);
    await signInElsewhere(elsewhere, email);
    await openSessions(page);
    let fail = (): void => {};
    const told = new Promise<void>((resolve) => (fail = resolve));
    await page.route('**/trpc/sessions.revoke*', async (route) => {
      await told;
      await route.abort();
    });
    await endButton(page).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
    for (const _ of [1, 2, 3]) await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    fail();
    await expect(page.getByText('The server did not answer. Try again in a moment.')).toBeVisible();
    await expect(rows(page)).toHaveCount(2);
  },
);

test(
  'a list that cannot be had says so, and can be asked for again',
  ANY_SIZE,
  async ({ page, email, expectConsole }) => {
    expectConsole(/ERR_FAILED/);
    await register(page, email);
    await page.route('**/trpc/sessions.list*', (route) => route.abort());
    await page.getByRole('link', { name: 'Where you are signed in' }).click();
    await expect(page.getByText('The server did not answer. Try again in a moment.')).toBeVisible();
    await expectAccessible(page);
    await page.unroute('**/trpc/sessions.list*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText('This device')).toBeVisible();
  },
);

test(
  'a list that cannot be had anew says so above the one that is there',
  ANY_SIZE,
  async ({ page, email, expectConsole }) => {
    expectConsole(/ERR_FAILED/);
    await register(page, email);
    await openSessions(page);
    await page.getByRole('link', { name: 'Back to your profile' }).click();
    await page.route('**/trpc/sessions.list*', (route) => route.abort());
    await page.getByRole('link', { name: 'Where you are signed in' }).click();
    await expect(page.getByText('The server did not answer. Try again in a moment.')).toBeVisible();
    await expect(page.getByText('This device')).toBeVisible();
    await expectAccessible(page);
    await page.unroute('**/trpc/sessions.list*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByText('The server did not answer. Try again in a moment.')).toBeHidden();
  },
);

test('a sign-in from a device that was not known shows in the open page, and in the list', async ({
  page,
  email,
  elsewhere,
}) => {
  await register(page, email);
  await openSessions(page);
  await signInElsewhere(elsewhere, email);
  await expect(notice(page)).toContainText('If this was not you, end that session and change your password.');
  await expect(rows(page)).toHaveCount(2);
  await expect(elsewhere.getByText('New sign-in')).toHaveCount(0);
  await page.getByRole('link', { name: 'Back to your profile' }).click();
  await page.getByRole('link', { name: 'See your sessions' }).click();
  await expect(page.getByRole('heading', { name: 'Where you are signed in' })).toBeFocused();
});

test(
  'a notice that has been read is gone from every tab, and does not come back',
  ANY_SIZE,
  async ({ page, email, context, elsewhere }) => {
    await register(page, email);
    await signInElsewhere(elsewhere, email);
    const tab = await context.newPage();
    await tab.goto('/profile');
    await expect(notice(tab)).toBeVisible();
    await expect(notice(page)).toBeVisible();
    await page.bringToFront();
    await page.getByRole('button', { name: /^I have read this: Chrom/ }).click();
    await expect(notice(page)).toBeHidden();
    await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeFocused();
    await expect(notice(tab)).toBeHidden();
    const told = page.waitForResponse(/sessions\.live/);
    await Promise.all([tab.close(), page.reload()]);
    await told;
    await expect(page.getByText(email)).toBeVisible();
    await expect(notice(page)).toBeHidden();
  },
);

test(
  'a notice that cannot be put away says why and stays',
  ANY_SIZE,
  async ({ page, email, elsewhere, expectConsole }) => {
    expectConsole(/ERR_FAILED/);
    await register(page, email);
    await signInElsewhere(elsewhere, email);
    await page.route('**/trpc/notices.dismiss*', (route) => route.abort());
    await page.getByRole('button', { name: /^I have read this: Chrom/ }).click();
    await expect(page.getByText('The server did not answer. Try again in a moment.')).toBeVisible();
    await expect(notice(page)).toBeVisible();
  },
);

test(
  'of many notices two are shown, and the focus goes from one that is put away to the next',
  ANY_SIZE,
  async ({ page, email }) => {
    await register(page, email);
    for (const device of ['one', 'two', 'three']) await signInFromNowhere(page, email, `${device}/1.0`);
    const cards = page.getByRole('status').getByText('New sign-in:');
    const more = page.getByRole('status').getByText('and 1 more: see where you are signed in');
    const buttons = page.getByRole('button', { name: /^I have read this: .+, (127\.0\.0\.1|::1)$/ });
    await expect(more).toBeVisible();
    await expect(cards).toHaveCount(2);
    await expectAccessible(page);
    await buttons.first().click();
    await expect(more).toBeHidden();
    await expect(cards).toHaveCount(2);
    await expect(buttons.first()).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(cards).toHaveCount(1);
    await expect(buttons).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(cards).toHaveCount(0);
    await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeFocused();
  },
);

test('a device that came after a sign-in is told of it, but cannot put it away', async ({
  page,
  email,
  elsewhere,
}) => {
  await register(page, email);
  await signInFromNowhere(page, email);
  await signInElsewhere(elsewhere, email);
  await expect(elsewhere.getByText('New sign-in:')).toBeVisible();
  await expect(
    elsewhere.getByText('You can put this away on a device that you have used for longer.'),
  ).toBeVisible();
  await expect(elsewhere.getByRole('button', { name: /I have read this/ })).toHaveCount(0);
  await expectAccessible(elsewhere);
  await expect(page.getByRole('button', { name: /I have read this/ })).toHaveCount(2);
});

test(
  'the stream is opened with the token in its header and none in its address',
  ANY_SIZE,
  async ({ page, email, context }) => {
    const { requests } = watchStreams(context);
    await register(page, email);
    await expect.poll(() => requests.length).toBe(1);
    const headers = await requests[0]?.allHeaders();
    expect(headers?.['authorization']).toMatch(/^Bearer eyJ/);
    expect(requests[0]?.url()).toBe(new URL('/trpc/sessions.live', page.url()).href);
  },
);

test(
  'ten tabs hold one stream between them, and each is told',
  ANY_SIZE,
  async ({ page, email, context, elsewhere }) => {
    const streams = watchStreams(context);
    await register(page, email);
    const tabs = [page];
    while (tabs.length < 10) {
      const tab = await context.newPage();
      await tab.goto('/profile');
      await expect(tab.getByText(email)).toBeVisible();
      tabs.push(tab);
    }
    await expect.poll(streams.open).toBe(1);
    await streams.close(page);
    await expect.poll(() => streams.requests.length).toBe(2);
    await expect.poll(streams.open).toBe(1);
    expect(streams.most()).toBe(1);

    await signInElsewhere(elsewhere, email);
    await openSessions(elsewhere);
    await endButton(elsewhere).click();
    await elsewhere.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
    for (const tab of tabs.slice(1)) await expect(tab.getByText(ENDED_ELSEWHERE)).toBeVisible();
    expect(streams.most()).toBe(1);
  },
);

test(
  'the stream is taken up again after the server was away',
  ANY_SIZE,
  async ({ page, email, elsewhere, context, server, expectConsole }) => {
    expectConsole(/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/);
    const { requests } = watchStreams(context);
    await register(page, email);
    await server.stop();
    await expect.poll(() => requests.length).toBeGreaterThan(2);
    await server.start();
    await signInElsewhere(elsewhere, email);
    await expect(notice(page)).toBeVisible();
  },
);

test('everything is accessible and fits, in light and dark', async ({ page, email, elsewhere }) => {
  await register(page, email);
  await openSessions(page);
  await signInElsewhere(elsewhere, email);
  await expect(notice(page)).toBeVisible();
  await expect(rows(page)).toHaveCount(2);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expectAccessible(page);
    await endButton(page).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Keep it' }).click();
  }
  await page.setViewportSize({ width: 320, height: 640 });
  await expectNoOverflow(page);
  await endButton(page).click();
  await expectNoOverflow(page);
});

test('the keyboard alone ends a session', async ({ page, email, elsewhere, isMobile }) => {
  test.skip(isMobile, 'phones have none');
  await register(page, email);
  await signInElsewhere(elsewhere, email);
  await openSessions(page);
  await expect(endButton(page)).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(endButton(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+Tab');
  await expect(page.getByRole('dialog').getByRole('button', { name: 'End session' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(elsewhere.getByText(ENDED_ELSEWHERE)).toBeVisible();
});
