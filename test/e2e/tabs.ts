import type { BrowserContext, Page, Route } from '@playwright/test';
import { expect } from './fixtures.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/**
 * Marks each page with the newest token that another tab has told it of, which is otherwise in memory only. To be
 * called before the pages are loaded.
 */
export async function noteWhatTabsHear(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    new BroadcastChannel('sallyport-session-1').addEventListener('message', ({ data }) => {
      if (data.kind === 'renewed') document.documentElement.dataset['heard'] = data.grant.accessToken;
    });
  });
}

/** Tabs of one profile, `page` the first of them, in which somebody is signed in. */
export async function openTabs(page: Page, { count, email }: { count: number; email: string }) {
  const tabs = [page];
  while (tabs.length < count) {
    const tab = await page.context().newPage();
    await tab.goto('/profile');
    await expect(tab.getByText(email)).toBeVisible();
    tabs.push(tab);
  }
  return tabs;
}

/**
 * The clock of every tab jumps at once and then stands still, so that nothing which follows is a matter of how
 * fast the machine is. Milliseconds.
 */
export async function jumpAndHalt(page: Page, time: number): Promise<void> {
  await page.clock.pauseAt(await page.evaluate((time) => Date.now() + time, time));
}

/** What the browser tells a page that is looked at again, and one whose machine has woken. */
export async function seeAgain(tab: Page): Promise<void> {
  await tab.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
}

/** How many tabs wait for the one that is refreshing. */
export async function expectWaiting(page: Page, count: number): Promise<void> {
  const waiting = async () => {
    const { pending = [] } = await page.evaluate(() => navigator.locks.query());
    return pending.filter(({ name }) => name === 'sallyport-refresh').length;
  };
  await expect.poll(waiting).toBe(count);
}

export function without(tabs: Page[], one: Page): Page[] {
  return tabs.filter((tab) => tab !== one);
}

/** Undefined once it has run out. */
export async function refreshCookieOf(context: BrowserContext): Promise<string | undefined> {
  return (await context.cookies()).find(({ name }) => name === 'sallyport_refresh')?.value;
}

export function refreshesOf(calls: string[]): string[] {
  return calls.filter((call) => call === 'auth.refresh');
}

export async function expectHeard(tabs: Page[], token: string): Promise<void> {
  for (const tab of tabs) await expect(tab.locator('html')).toHaveAttribute('data-heard', token);
}

/** Makes a call that the server accepts at once. Returns the access token that it went out with. */
export async function callFrom(tab: Page): Promise<string | undefined> {
  const answered = tab.waitForResponse(/account\.updateProfile/);
  await tab.getByRole('button', { name: 'Save name' }).click();
  const answer = await answered;
  expect(answer.status()).toBe(200);
  return answer.request().headers()['authorization']?.slice('Bearer '.length);
}

/** A call that the server has carried out, and whose answer is on its way to the browser. */
export interface HeldCall {
  page: Page;
  accessToken: string;
  cookie: string | undefined;
  arrive(): Promise<void>;
  getLost(): Promise<void>;
}

/**
 * Every answer about this procedure is held until the test lets it go. The browser has not seen anything of it by
 * then, and its cookie neither: Playwright's own `route.fetch` would put that into the jar at once.
 */
export async function holdAnswers(context: BrowserContext, procedure: string) {
  const held: HeldCall[] = [];
  await context.route(`**/trpc/${procedure}*`, async (route) => void held.push(await carryOut(route)));
  return {
    /** `tick` moves a halted clock, again and again until the call has been made. */
    async next(tick = async () => {}): Promise<HeldCall> {
      const arrived = async () => {
        if (held.length === 0) await tick();
        return held.length;
      };
      await expect.poll(arrived).toBeGreaterThan(0);
      const call = held.shift();
      if (!call) throw new Error('no call is held');
      return call;
    },
  };
}

async function carryOut(route: Route): Promise<HeldCall> {
  const request = route.request();
  const headers = await request.allHeaders();
  const answer = await fetch(request.url(), { method: 'POST', headers, body: request.postData() });
  const body = await answer.text();
  const setCookie = answer.headers.getSetCookie();
  return {
    page: request.frame().page(),
    accessToken: JSON.parse(body).result?.data?.accessToken,
    cookie: setCookie[0]?.split(';')[0],
    arrive: () =>
      route.fulfill({
        status: answer.status,
        headers: { ...Object.fromEntries(answer.headers), 'set-cookie': setCookie.join('\n') },
        body,
      }),
    getLost: () => route.abort('connectionreset'),
  };
}
