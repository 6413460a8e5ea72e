import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { createServerProcess, type ServerProcess } from './server-process.ts';

export { expect };

export const PASSWORD = 'a lantern for the long night';

interface TestFixtures {
  /** Paths of the procedures that this browser called, in order. */
  calls: string[];
  /** Lines of the console that a test provokes on purpose. All others fail it. */
  expectConsole: (pattern: RegExp) => void;
  email: string;
}

interface WorkerFixtures {
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
  expectConsole: [
    async ({ context }, use) => {
      const expected: RegExp[] = [];
      const noise = listen(context);
      await use((pattern) => void expected.push(pattern));
      expect(noise.filter((line) => !expected.some((pattern) => pattern.test(line)))).toEqual([]);
    },
    { auto: true },
  ],
});

function listen(context: BrowserContext): string[] {
  const noise: string[] = [];
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) noise.push(message.text());
  });
  context.on('weberror', (webError) => noise.push(String(webError.error())));
  return noise;
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

/** Nothing that axe knows of stands in the way of a screen reader, a keyboard or weak eyes. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html) }))).toEqual([]);
}

/** No screen may scroll sideways. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
}
