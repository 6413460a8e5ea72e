/** A piece of a mail. All of it is text: nothing is taken for HTML. */
export type Part =
  { paragraph: string } | { facts: [name: string, value: string][] } | { link: string; label: string };

// No image, font or style sheet from elsewhere: nobody is told who has read what. Both colours of everything are
// given, for light and dark, as programs that know only one of the two keep the inline one.
const STYLE = `
      :root { color-scheme: light dark; supported-color-schemes: light dark; }
      body { margin: 0; padding: 24px; background: #ffffff; color: #18181b; font: 16px/1.5 system-ui, sans-serif; }
      main { max-width: 560px; margin: 0 auto; }
      h1 { font-size: 20px; line-height: 1.3; }
      th { padding: 2px 16px 2px 0; text-align: left; vertical-align: top; color: #52525b; font-weight: 400; }
      td { padding: 2px 0; font-weight: 600; overflow-wrap: anywhere; }
      a { color: #1d4ed8; overflow-wrap: anywhere; }
      @media (prefers-color-scheme: dark) {
        body { background: #18181b; color: #f4f4f5; }
        th { color: #a1a1aa; }
        a { color: #93c5fd; }
      }`;

/** The same mail twice: as plain text, and as HTML that follows the reader's light or dark mode. */
export function layOut({ title, parts }: { title: string; parts: Part[] }): { text: string; html: string } {
  const html = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <meta name="color-scheme" content="light dark">
    <meta name="supported-color-schemes" content="light dark">
    <title>${escape(title)}</title>
    <style>${STYLE}
    </style>
  </head>
  <body>
    <main>
      <h1>${escape(title)}</h1>
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
  if ('paragraph' in part) return `      <p>${escape(part.paragraph)}</p>`;
  // The address is shown, so that it can be checked before it is followed.
  if ('link' in part) {
    const link = escape(part.link);
    return `      <p><a href="${link}">${escape(part.label)}</a><br>${link}</p>`;
  }
  const rows = part.facts.map(
    ([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(value)}</td></tr>`,
  );
  return `      <table>${rows.join('')}</table>`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
