import { join as joinPath } from 'node:path';
import { expect, type Page } from '@playwright/test';
import Database from 'better-sqlite3';
import { startSmtp, type MailServer } from '../support/smtp-server.ts';
import { test as base, PASSWORD, signIn } from './fixtures.ts';

interface MailFixtures {
  /** What the server sends, as it has arrived. */
  mail: Mailbox;
  /** Time passes for every link that has been sent: none is good any more. */
  expireLinks: () => void;
}

export interface Mailbox {
  /** Waits for the newest mail to this address with this in its subject. Each is read once. */
  read(to: string, subject: string): Promise<{ text: string; link: string }>;
  /** Subjects of what has come for this address, read or not. */
  subjects(to: string): string[];
}

/** A server that sends its mail, and where it arrives. */
export const test = base.extend<MailFixtures, { smtp: MailServer }>({
  smtp: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the names from this pattern
    async ({}, use) => {
      const smtp = await startSmtp();
      await use(smtp);
      await smtp.stop();
    },
    { scope: 'worker' },
  ],
  variables: [
    async ({ smtp }, use) => use({ SMTP_URL: smtp.url, MAIL_FROM: 'post@sallyport.example' }),
    { scope: 'worker' },
  ],
  mail: async ({ smtp }, use) => {
    const read = new Set<object>();
    const sentTo = (to: string) => smtp.received.filter((mail) => mail.to.includes(to));
    const subjectOf = ({ headers }: { headers: Map<string, string[]> }) => headers.get('subject')?.[0] ?? '';
    await use({
      subjects: (to) => sentTo(to).map(subjectOf),
      async read(to, subject) {
        const unread = () =>
          sentTo(to).findLast((mail) => !read.has(mail) && subjectOf(mail).includes(subject));
        await expect.poll(unread, `a mail to ${to}: ${subject}`).toBeDefined();
        const mail = unread();
        if (!mail) throw new Error('it was there a moment ago');
        read.add(mail);
        return { text: mail.text, link: /^http\S+$/m.exec(mail.text)?.[0] ?? '' };
      },
    });
  },
  expireLinks: async ({ server }, use) => {
    await use(() => {
      const db = new Database(joinPath(server.folder, 'sallyport.db'));
      db.exec('UPDATE mail_tokens SET expires_at = 0');
      db.close();
    });
  },
});

/** Somebody else's call, which no page hears of. */
export async function call(baseURL: string | undefined, path: string, input: object): Promise<void> {
  const answer = await fetch(new URL(`/trpc/${path}`, baseURL), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  expect(answer.status).toBe(200);
}

/** Registers, confirms the address, and signs in on this page. */
export async function join(page: Page, { mail, email }: { mail: Mailbox; email: string }): Promise<void> {
  await page.goto('/sign-in');
  await call(page.url(), 'auth.register', { email, password: PASSWORD, name: 'Ada Lovelace' });
  const { link } = await mail.read(email, 'Confirm your e-mail address');
  await call(page.url(), 'email.verify', { token: new URL(link).hash.slice('#token='.length) });
  await signIn(page, email);
  await expect(page.getByRole('heading', { name: 'Hello, Ada Lovelace' })).toBeVisible();
}
