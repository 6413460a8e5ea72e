import { escapeHtml } from '../lib/escape-html.ts';

/** A piece of a mail. All of it is text: nothing is taken for HTML. A link looks like a button. */
export type Part =
  { paragraph: string } | { facts: [name: string, value: string][] } | { link: string; label: string };

// No image, font or style sheet from elsewhere: nobody is told who has read what. The colours are those of our pages,
// both of each, for light and dark.
const STYLE = `
      :root { color-scheme: light dark; supported-color-schemes: light dark; }
      body { margin: 0; padding: 24px; background: #ffffff; color: #1a1f1e; font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; }
      main { max-width: 560px; margin: 0 auto; }
      h1 { margin: 0 0 24px; font-size: 22px; line-height: 1.3; }
      p, table { margin: 0 0 16px; border-collapse: collapse; }
      th { padding: 2px 16px 2px 0; text-align: left; vertical-align: top; color: #59625f; font-weight: 400; }
      td { padding: 2px 0; font-weight: 600; overflow-wrap: anywhere; }
      .action { margin: 24px 0; }
      .address { display: block; margin-top: 12px; color: #59625f; font-size: 14px; overflow-wrap: anywhere; }
      @media (prefers-color-scheme: dark) {
        body { background: #1a1e1f; color: #ebeeed; }
        th, .address { color: #a2aba8; }
        .button { background: #5fc9b3 !important; color: #06231d !important; }
      }`;

// Inline, for programs that take the style sheet away: what a mail is about must not become a bare word there.
const BUTTON =
  'display: inline-block; padding: 12px 20px; border-radius: 8px; background: #0b6b5d; color: #ffffff; font-weight: 600; text-decoration: none';

/** The same mail twice: as plain text, and as HTML that follows the reader's light or dark mode. */
export function layOut({ title, parts }: { title: string; parts: Part[] }): { text: string; html: string } {
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <meta name="color-scheme" content="light dark">
    <meta name="supported-color-schemes" content="light dark">
    <title>${escapeHtml(title)}</title>
    <style>${STYLE}
    </style>
  </head>
  <body>
    <main>
      <h1>${escapeHtml(title)}</h1>
${parts.map(toHtml).join('\n')}
    </main>
  </body>
</html>
`;
  return { text: `${parts.map(toText).join('\n\n')}\n`, html };
}

function toText(part: Part): string {
  if ('paragraph' in part) return part.paragraph;
  if ('link' in part) return part.link;
  const width = Math.max(...part.facts.map(([name]) => name.length)) + 2;
  return part.facts.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`).join('\n');
}

function toHtml(part: Part): string {
  if ('paragraph' in part) return `      <p>${escapeHtml(part.paragraph)}</p>`;
  // The address is shown, so that it can be checked before it is followed.
  if ('link' in part) {
    const link = escapeHtml(part.link);
    return `      <p class="action"><a class="button" style="${BUTTON}" href="${link}">${escapeHtml(part.label)}</a><span class="address">${link}</span></p>`;
  }
  const rows = part.facts.map(
    ([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `      <table>${rows.join('')}</table>`;
}
