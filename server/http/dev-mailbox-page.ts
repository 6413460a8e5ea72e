import { PRODUCT_NAME } from '../../shared/product.ts';
import { escapeHtml } from '../lib/escape-html.ts';
import type { LocalMail } from '../mail/local-mailbox.ts';

type Head = Pick<LocalMail, 'id' | 'recipient' | 'subject' | 'created_at'>;

/** The list, newest first. */
export function showList(mails: Head[]): string {
  return layOutPage({
    title: 'Mailbox',
    content:
      mails.length === 0
        ? `<p>There is no mail yet. What ${PRODUCT_NAME} would send to anybody is shown here: make an account, or ask for a new password, and <a href="/dev/mailbox">look again</a>.</p>`
        : `<p>Nothing is sent: these are the newest mails, whomever they are for. <a href="/dev/mailbox">Look again</a></p>
        <ol class="mails">${mails.map(toItem).join('')}</ol>`,
  });
}

function toItem(mail: Head): string {
  return `
          <li>
            <a href="/dev/mailbox/${escapeHtml(mail.id)}">${isolate(mail.subject)}</a>
            <span>${isolate(mail.recipient)}</span>
            ${toTime(mail.created_at)}
          </li>`;
}

/** One mail: as text, and as its HTML looks on a light screen and on a dark one. */
export function showMail(mail: LocalMail): string {
  const frames = ['light', 'dark'].map((scheme) => {
    return `
          <figure>
            <figcaption>HTML, ${scheme}</figcaption>
            <iframe class="${scheme}" title="The mail in ${scheme} colours" src="/dev/mailbox/${escapeHtml(mail.id)}/html?scheme=${scheme}" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
          </figure>`;
  });
  return layOutPage({
    title: mail.subject,
    content: `<p><a href="/dev/mailbox">All mail</a></p>
        <dl>
          <div><dt>To</dt><dd>${isolate(mail.recipient)}</dd></div>
          <div><dt>When</dt><dd>${toTime(mail.created_at)}</dd></div>
        </dl>
        <figure>
          <figcaption>Text</figcaption>
          <pre>${linkAddresses(mail.body_text)}</pre>
        </figure>
        <div class="frames">${frames.join('')}
        </div>`,
  });
}

/**
 * The HTML of a mail as its reader sees it whose screen is `light` or `dark`, by default as that of this reader: a
 * frame would always follow the screen that it is on.
 */
export function frameMail(html: string, scheme: unknown): string {
  const query = scheme === 'light' ? 'not all' : scheme === 'dark' ? 'all' : DARK;
  // Without the base a link would open inside the frame, where our pages refuse to be.
  return html.replace('<head>', '<head><base target="_blank">').replaceAll(DARK, query);
}

const DARK = '(prefers-color-scheme: dark)';

function layOutPage({ title, content }: { title: string; content: string }): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>${escapeHtml(title)} · ${PRODUCT_NAME}</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/dev/mailbox/style.css">
  </head>
  <body>
    <header>
      <a href="/dev/mailbox">
        <svg aria-hidden="true" viewBox="0 0 32 32">
          <rect width="32" height="32" rx="8" />
          <path d="M8 25V15a8 8 0 0 1 16 0v10h-4.5V15a3.5 3.5 0 0 0-7 0v10z" />
        </svg>
        ${PRODUCT_NAME} mailbox
      </a>
    </header>
    <main>
      <article>
        <h1>${isolate(title)}</h1>
        ${content}
      </article>
    </main>
  </body>
</html>
`;
}

/** Whatever direction its characters turn the text in, what is around it stays where it is. */
function isolate(text: string): string {
  return `<bdi>${escapeHtml(text)}</bdi>`;
}

/** By this machine's clock, which is that of whoever looks. */
function toTime(at: number): string {
  const words = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
  return `<time datetime="${new Date(at).toISOString()}">${escapeHtml(words)}</time>`;
}

/** Each address is what stands between white space; what closes a sentence or a bracket is no part of it. */
function linkAddresses(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"]+[^\s<>"'.,;:!?)\]])/)
    .map((piece, index) => (index % 2 === 0 ? escapeHtml(piece) : toLink(piece)))
    .join('');
}

function toLink(address: string): string {
  const escaped = escapeHtml(address);
  return `<a href="${escaped}" target="_blank" rel="noopener noreferrer">${escaped}</a>`;
}
