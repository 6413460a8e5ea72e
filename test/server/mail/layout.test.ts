import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { layOut } from '../../../server/mail/layout.ts';
import { PROJECT_ROOT } from '../../support/project-copy.ts';

const LINK = 'https://login.example.com/reset-password#token=abc';

const { html } = layOut({
  title: 'Choose a new password',
  parts: [
    { paragraph: 'Hello,' },
    { facts: [['Device', 'Firefox on Linux']] },
    { link: LINK, label: 'Choose a new password' },
  ],
});

test('a link is a button with its address below it, to be checked or copied', () => {
  const [, style = ''] =
    new RegExp(`<a class="button" style="([^"]*)" href="${LINK}">Choose a new password</a>`).exec(html) ?? [];
  expect(style).toMatch(/background: #[\da-f]{6}; color: #[\da-f]{6};/);
  expect(html).toContain(`<span class="address">${LINK}</span>`);
});

test('a dark screen has a colour of its own for all that has one, over the inline ones too', () => {
  const [light = '', dark = ''] = html.split('@media (prefers-color-scheme: dark)');
  const coloured = (css: string) =>
    [...css.matchAll(/^\s*([\w., ]+) \{([^}]*)\}/gm)].flatMap(([, names = '', rules = '']) =>
      /(^|[\s;])(color|background): /.test(rules) ? names.split(', ') : [],
    );
  expect(coloured(light).toSorted()).toEqual(['.address', 'body', 'th']);
  expect(coloured(dark).toSorted()).toEqual(['.address', '.button', 'body', 'th']);
  expect(dark).toMatch(/\.button \{ background: #\w+ !important; color: #\w+ !important; \}/);
});

// Each pair of those has the contrast that text needs.
test('the colours are those of the pages, of each scheme', () => {
  const split = (text: string) => text.split(/@media \(prefers-color-scheme: dark\)/);
  const [lightPages = '', darkPages = ''] = split(
    readFileSync(join(PROJECT_ROOT, 'client/colours.css'), 'utf8'),
  );
  const [light = '', rest = ''] = split(html);
  const [dark = '', body = ''] = rest.split('</style>');
  const coloursOf = (css: string) => [...css.matchAll(/#[\da-f]{6}\b/g)].map(([colour]) => colour);
  expect(coloursOf(light + body).filter((colour) => !lightPages.includes(colour))).toEqual([]);
  expect(coloursOf(dark).filter((colour) => !darkPages.includes(colour))).toEqual([]);
  expect(coloursOf(dark)).toHaveLength(5);
});
