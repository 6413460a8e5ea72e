import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type BrowserContext, type Page, type Request } from '@playwright/test';
import { createServerProcess, type ServerProcess } from './server-process.ts';

export { expect };

/** For a test that is the same whatever the size of the screen: it runs on the desktop only. */
export const ANY_SIZE = { tag: '@any-size' };

export const PASSWORD = 'a lantern for the long night';

export interface TestFixtures {
  /** Paths of the procedures that this browser called, in order. */
  calls: string[];
  /** Lines of the console that a test provokes on purpose. All others fail it. */
  expectConsole: (pattern: RegExp) => void;
  email: string;
  /** What the console of each browser in the test has said. */
  noise: string[];
  /** A page in another browser, with cookies and a console of its own. */
  elsewhere: Page;
}

export interface WorkerFixtures {
  variables: Record<string, string>;
  server: ServerProcess;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  variables: [{}, { option: true, scope: 'worker' }],
  server: [
    async ({ variables }, use) => {
      const server = await createServerProcess(variables);
      await use(server);
      await server.remove();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names from this pattern
  email: async ({}, use, { testId }) =>
    use(`ada-${testId.slice(-12)}-${crypto.randomUUID().slice(0, 8)}@example.com`),
  calls: async ({ context }, use) => {
    const calls: string[] = [];
    context.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/trpc/')) calls.push(...pathname.slice('/trpc/'.length).split(','));
    });
    await use(calls);
  },
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names from this pattern
  noise: async ({}, use) => use([]),
  elsewhere: async ({ browser, baseURL, noise }, use) => {
    const context = await browser.newContext({ baseURL: baseURL ?? '' });
    listen(context, noise);
    await use(await context.newPage());
    await context.close();
  },
  expectConsole: [
    async ({ context, noise }, use) => {
      const expected: RegExp[] = [];
      listen(context, noise);
      await use((pattern) => void expected.push(pattern));
      expect(noise.filter((line) => !expected.some((pattern) => pattern.test(line)))).toEqual([]);
    },
    { auto: true },
  ],
});

function listen(context: BrowserContext, noise: string[]): void {
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) noise.push(message.text());
  });
  context.on('weberror', (webError) => noise.push(String(webError.error())));
}

export async function register(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.goto('/register');
  await page.getByLabel('Name').fill('Ada Lovelace');
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeVisible();
}

export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('You are signed out.')).toBeVisible();
}

/** Nothing that axe knows of, or of these rules, stands in the way of a screen reader, a keyboard or weak eyes. */
export async function expectAccessible(page: Page, rules?: string[]): Promise<void> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }))).toEqual([]);
}

/** Every call of this procedure waits until it is told to go on. Resolves with how many there have been. */
export async function holdBack(page: Pick<Page | BrowserContext, 'route'>, procedure: string) {
  let count = 0;
  let goOn = (): void => {};
  const told = new Promise<void>((resolve) => (goOn = resolve));
  await page.route(`**/trpc/${procedure}*`, async (route) => {
    count += 1;
    await told;
    await route.continue();
  });
  return { count: () => count, goOn };
}

/** No screen may scroll sideways. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
}

/** The streams of what the server tells this browser: all there have been, how many are open, and were at most. */
export function watchStreams(context: BrowserContext) {
  const requests: Request[] = [];
  const over = new Set<Request>();
  let most = 0;
  const isStream = (request: Request) => request.url().includes('/trpc/sessions.live');
  const gone = new Set<Page>();
  // Of a page that is closed nothing more is heard, and that it is may be heard after what its closing has set going elsewhere.
  const isOpen = (request: Request) => !over.has(request) && !gone.has(request.frame().page());
  const open = () => requests.filter(isOpen).length;
  context.on('request', (request) => {
    if (!isStream(request)) return;
    requests.push(request);
    most = Math.max(most, open());
  });
  context.on('requestfinished', (request) => over.add(request));
  context.on('requestfailed', (request) => over.add(request));
  const close = async (page: Page) => {
    gone.add(page);
    await page.close();
  };
  return { requests, open, most: () => most, close };
}
