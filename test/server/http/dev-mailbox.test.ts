import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { refusalOf } from '../../support/answers.ts';
import { listen, sharedServer, type Listening } from '../../support/listening.ts';
import { PROJECT_ROOT } from '../../support/project-copy.ts';
import { exchangeOne } from '../../support/raw-http.ts';

const PATH = '/dev/mailbox';
const LINK = 'http://localhost:3000/reset-password#token=Zm9yLXRlc3Rz';

const MAIL = {
  to: 'ada@example.com',
  subject: 'Choose a new password',
  text: `Follow this link:\n\n${LINK}\n`,
  html: `<!doctype html><html><head><style>@media (prefers-color-scheme: dark) { p { color: white } }</style></head><body><p><a href="${LINK}">Choose</a></p></body></html>`,
};

async function post({ app: { deps }, clock }: Listening, mail: Partial<typeof MAIL> = {}): Promise<void> {
  clock.advance(1000);
  await deps.db.transaction().execute((trx) => deps.mail.enqueue(trx, { ...MAIL, ...mail }, clock.now()));
  await deps.mail.deliver();
}

async function readList({ base }: Listening) {
  const page = await (await fetch(`${base}${PATH}`)).text();
  return {
    page,
    paths: [...page.matchAll(/href="(\/dev\/mailbox\/[\da-f-]{36})"/g)].map(([, path]) => path),
  };
}

/** The page of the newest mail. */
async function readNewest(server: Listening): Promise<{ path: string; page: string }> {
  const [path = ''] = (await readList(server)).paths;
  return { path, page: await (await fetch(`${server.base}${path}`)).text() };
}

describe('the mailbox', () => {
  test('says that it is empty, and what would fill it', async () => {
    const { page, paths } = await readList(await listen());
    expect(page).toContain('There is no mail yet.');
    expect(paths).toEqual([]);
  });

  test('lists to whom, what and when, the newest first', async () => {
    const server = await listen();
    await post(server, { to: 'grace@example.com', subject: 'Older' });
    await post(server);
    const { page } = await readList(server);
    const shown = [...page.matchAll(/<bdi>([^<]*)<\/bdi>|datetime="([^"]*)"/g)].map(
      ([, words, time]) => words ?? time,
    );
    expect(shown).toEqual([
      'Mailbox',
      'Choose a new password',
      'ada@example.com',
      '2026-11-24T12:00:02.000Z',
      'Older',
      'grace@example.com',
      '2026-11-24T12:00:01.000Z',
    ]);
  });

  test('shows a mail as text with its links, and its HTML light and dark', async () => {
    const server = await listen();
    await post(server);
    const { path, page } = await readNewest(server);
    expect(page).toContain(`<a href="${LINK}" target="_blank" rel="noopener noreferrer">${LINK}</a>\n`);
    const frames = [...page.matchAll(/<iframe [^>]*src="([^"]*)" sandbox="([^"]*)"/g)];
    expect(frames.map(([, source]) => source)).toEqual([
      `${path}/html?scheme=light`,
      `${path}/html?scheme=dark`,
    ]);
    for (const [, , sandbox] of frames) expect(sandbox).toBe('allow-popups allow-popups-to-escape-sandbox');
  });

  test.each([
    ['', '@media (prefers-color-scheme: dark) {'],
    ['?scheme=light', '@media not all {'],
    ['?scheme=dark', '@media all {'],
    ['?scheme=dark&scheme=light', '@media (prefers-color-scheme: dark) {'],
  ])('serves the HTML of a mail%s with %s, its links in pages of their own', async (query, media) => {
    const server = await listen();
    await post(server);
    const { path } = await readNewest(server);
    const html = await (await fetch(`${server.base}${path}/html${query}`)).text();
    expect(html).toContain(media);
    expect(html).toContain('<head><base target="_blank">');
  });

  test('has the notices of the application: it is where mail goes that no server takes', async () => {
    const server = await listen();
    await server.client().register();
    await server.client().signIn();
    await server.app.deps.mail.deliver();
    expect((await readList(server)).page).toContain('New sign-in to Sallyport');
  });

  test('does not hold mail for nobody', async () => {
    const server = await listen();
    await post(server, { to: '' });
    expect((await readList(server)).paths).toEqual([]);
  });

  test('has nothing under an id that is none', async () => {
    const { base } = await listen();
    for (const path of ['/none', '/none/html', "/'%20or%20''='", '/style.css/html', '/%00'])
      expect(await refusalOf(await fetch(`${base}${PATH}${path}`))).toMatchObject({ reason: 'not_found' });
  });

  test('has the colours of the client', () => {
    const colours = (file: string) =>
      readFileSync(join(PROJECT_ROOT, file), 'utf8').split('@media').slice(0, 2);
    const read = (css: string) => [...css.matchAll(/--[\w-]+: #[\da-f]{6}/g)].map(([pair]) => pair);
    const [client, mailbox] = [
      colours('client/colours.css').map(read),
      colours('server/http/dev-mailbox-style.ts').map(read),
    ];
    for (const scheme of [0, 1]) {
      expect(mailbox[scheme]?.length).toBeGreaterThan(5);
      expect(client[scheme]).toEqual(expect.arrayContaining(mailbox[scheme] ?? []));
    }
  });
});

describe('a hostile mail', () => {
  const HOSTILE = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&amp;`;

  test('is text wherever it is shown', async () => {
    const server = await listen();
    await post(server, { to: HOSTILE, subject: `\u202E${HOSTILE}`, text: `</pre>${HOSTILE}` });
    const { page } = await readNewest(server);
    for (const shown of [(await readList(server)).page, page]) {
      expect(shown).not.toMatch(/<script|<img|alert\(\d\)'/);
      expect(shown).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
      expect(shown).toContain('&amp;amp;');
    }
  });

  test.each([
    ['javascript:alert(1)', []],
    ['data:text/html,x', []],
    ['https://evil.example/"onmouseover="alert(1)', ['https://evil.example/']],
    ["https://evil.example/?a=1&b='2", ['https://evil.example/?a=1&amp;b=&#39;2']],
    ['(see https://a.example/x).', ['https://a.example/x']],
    ['https://a.example https://b.example/<b>', ['https://a.example', 'https://b.example/']],
    ['https://', []],
  ])('of the text %s makes the links %j', async (text, links) => {
    const server = await listen();
    await post(server, { text });
    const { page } = await readNewest(server);
    expect([...page.matchAll(/<a href="([^"]*)" target/g)].map(([, link]) => link)).toEqual(links);
    expect(page).not.toMatch(/<[^>]*onmouseover/);
  });
});

describe('the mailbox, under a policy of its own,', () => {
  const parse = (policy: string | null) =>
    Object.fromEntries(
      (policy ?? '').split('; ').map((line) => [line.split(' ')[0], line.split(' ').slice(1)]),
    );

  test('runs no script, goes into no frame, and is kept nowhere', async () => {
    const server = await listen();
    await post(server);
    const { path } = await readNewest(server);
    for (const page of [PATH, path]) {
      const { headers } = await fetch(`${server.base}${page}`);
      expect(parse(headers.get('content-security-policy'))).toEqual({
        'default-src': ["'none'"],
        'style-src': ["'self'"],
        'img-src': ["'self'"],
        'frame-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      });
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  test('shows HTML without an origin, and fetches nothing for it', async () => {
    const server = await listen();
    await post(server);
    const { path } = await readNewest(server);
    const { headers } = await fetch(`${server.base}${path}/html`);
    expect(parse(headers.get('content-security-policy'))).toEqual({
      'default-src': ["'none'"],
      'style-src': ["'unsafe-inline'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'self'"],
      sandbox: ['allow-popups', 'allow-popups-to-escape-sandbox'],
    });
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('to whom the mailbox is shown:', () => {
  const server = sharedServer();
  const get = (head: string, path = PATH) =>
    exchangeOne(server().port, `GET ${path} HTTP/1.1\r\n${head}\r\nConnection: close\r\n\r\n`);

  test.each([
    'Host: localhost:3000',
    'Host: LOCALHOST',
    'Host: 127.0.0.1:3000',
    'Host: [::1]:3000',
    'Host: localhost\r\nSec-Fetch-Site: none',
    'Host: localhost\r\nSec-Fetch-Site: same-origin',
  ])('%s', async (head) => {
    expect((await get(head)).status).toBe(200);
  });

  test.each([
    ['a name that was made to lead here', 'Host: rebound.example'],
    ['a name that begins like ours', 'Host: localhost.evil.example'],
    ['a name that ends like ours', 'Host: evil.localhost'],
    ['an address of the network', 'Host: 192.168.0.7:3000'],
    ['no name', 'Host:'],
    ['a page of another site', 'Host: localhost\r\nSec-Fetch-Site: cross-site'],
    ['a page of another port of this machine', 'Host: localhost\r\nSec-Fetch-Site: same-site'],
    ['a script that may read answers elsewhere', 'Host: localhost\r\nOrigin: http://localhost:8080'],
    ['a frame without an origin', 'Host: localhost\r\nOrigin: null'],
    ['a proxy', 'Host: localhost\r\nX-Forwarded-For: 127.0.0.1'],
    ['a proxy that names the host only', 'Host: localhost\r\nX-Forwarded-Host: login.example.com'],
    ['a proxy of RFC 7239', 'Host: localhost\r\nForwarded: for=127.0.0.1'],
    ['a proxy of RFC 9110', 'Host: localhost\r\nVia: 1.1 proxy'],
    ['a proxy like nginx', 'Host: localhost\r\nX-Real-IP: 203.0.113.7'],
    ['a tunnel', 'Host: localhost\r\nCF-Connecting-IP: 203.0.113.7'],
  ])('not to %s', async (_, head) => {
    for (const path of [PATH, `${PATH}/`, `${PATH}/style.css`, `${PATH}/none/html`])
      expect((await get(head, path)).status).toBe(404);
  });

  test('not to a proxy that adds nothing, but speaks HTTP/1.0', async () => {
    const { status } = await exchangeOne(server().port, `GET ${PATH} HTTP/1.0\r\nHost: localhost\r\n\r\n`);
    expect(status).toBe(404);
  });

  test.each([
    ['127.0.0.1', 200],
    ['::1', 200],
    ['::ffff:127.0.0.1', 200],
    ['203.0.113.7', 404],
    ['::ffff:192.168.0.7', 404],
    ['fe80::1', 404],
  ])('a peer at %s is answered with %i', async (remoteAddress, status) => {
    const { app } = server();
    expect((await app.http.inject({ url: PATH, remoteAddress })).statusCode).toBe(status);
  });

  test('whoever is refused gets the answer of any path that is not there', async () => {
    const [refused, absent] = await Promise.all(
      [PATH, '/healthz/none'].map(async (path) => {
        const { status, headers, body } = await get('Host: rebound.example\r\nAccept: text/html', path);
        const id = headers['x-request-id'] ?? '';
        return { status, headers: { ...headers, 'x-request-id': '', date: '' }, body: body.replace(id, '') };
      }),
    );
    expect(refused).toEqual(absent);
  });
});

test.each([
  ['PUBLIC_URL is another machine’s', { PUBLIC_URL: 'https://login.example.com' }],
  ['HOST is every interface', { HOST: '0.0.0.0' }],
  ['there is a proxy', { TRUST_PROXY: '127.0.0.1' }],
  ['mail is sent', { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'login@example.com' }],
])('there is no mailbox when %s', async (_, env) => {
  const { base } = await listen(env);
  const response = await fetch(`${base}${PATH}`, { headers: { Accept: 'text/html' } });
  expect(await refusalOf(response)).toMatchObject({ reason: 'not_found' });
});
