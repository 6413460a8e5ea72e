import { describe, expect, test } from 'vitest';
import { MINUTE } from '../../support/clock.ts';
import { listenSmtp } from '../../support/smtp.ts';
import { createWorld } from '../../support/world.ts';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

const PUBLIC_URL = 'https://login.example.com';

async function createMailingWorld() {
  const server = await listenSmtp();
  const env = { SMTP_URL: server.url, MAIL_FROM: 'Sallyport <login@example.com>', PUBLIC_URL };
  return { server, world: await createWorld({ env }) };
}

describe('a sign-in from a browser that the account has not used before', () => {
  test('is told to the owner by mail: what, when, from where, and what to do', async () => {
    const { server, world } = await createMailingWorld();
    await world.visitor().register();
    await world.visitor({ ip: '198.51.100.9', userAgent: FIREFOX }).signIn();
    await world.app.deps.mail.deliver();

    const [mail] = server.received;
    expect(server.received).toHaveLength(1);
    expect(mail).toMatchObject({ from: 'login@example.com', to: ['ada@example.com'] });
    expect(mail?.headers.get('from')).toEqual(['Sallyport <login@example.com>']);
    expect(mail?.headers.get('to')).toEqual(['ada@example.com']);
    expect(mail?.headers.get('subject')).toEqual(['New sign-in to Sallyport']);
    expect(mail?.headers.get('auto-submitted')).toEqual(['auto-generated']);
    expect(mail?.headers.get('date')).toEqual(['Tue, 24 Nov 2026 12:00:00 +0000']);
    for (const part of [mail?.text, mail?.html]) {
      expect(part).toContain('Tuesday, 24 November 2026, 12:00 UTC');
      expect(part).toContain('Firefox on Linux');
      expect(part).toContain('198.51.100.9');
      expect(part).toContain(`${PUBLIC_URL}/sessions`);
      expect(part).toContain('We never ask for your password by mail');
    }
  });

  test('is no news when it brings the device cookie', async () => {
    const { server, world } = await createMailingWorld();
    const visitor = world.visitor();
    await visitor.register();
    await visitor.signIn();
    await world.app.deps.mail.deliver();
    expect(server.received).toEqual([]);
  });

  test('cannot put a header, markup or a link into the mail by its user agent', async () => {
    const { server, world } = await createMailingWorld();
    await world.visitor().register();
    const hostile = [
      'help-sallyport.example/1',
      'x\r\nBcc: eve@evil.example\r\n\r\n<script>alert(1)</script>',
      "Mozilla/5.0 (<img src=https://evil.example/x.png>) Evil\"onload='x'/1",
      '.\r\n.\r\nMAIL FROM:<eve@evil.example>',
      '\u202Etxt\u0000https://evil.example',
    ];
    for (const userAgent of hostile) await world.visitor({ userAgent, ip: '"><a href=x>' }).signIn();
    await world.app.deps.mail.deliver();

    expect(server.received).toHaveLength(hostile.length);
    const names = [...(server.received[0]?.headers.keys() ?? [])].toSorted();
    for (const { headers, to, from, raw, text, html } of server.received) {
      expect([...headers.keys()].toSorted()).toEqual(names);
      expect({ from, to }).toEqual({ from: 'login@example.com', to: ['ada@example.com'] });
      expect(headers.get('subject')).toEqual(['New sign-in to Sallyport']);
      expect(raw).not.toMatch(/evil\.example|sallyport\.example|<script|<img|onload=/i);
      expect([...`${text}${html}`.matchAll(/https?:\/\/[^\s"<]+/g)].map(([link]) => link)).toEqual(
        Array.from({ length: 3 }, () => `${PUBLIC_URL}/sessions`),
      );
    }
  });
});

test('a reused refresh token is told to the owner by mail', async () => {
  const { server, world } = await createMailingWorld();
  const visitor = world.visitor({ userAgent: FIREFOX });
  await visitor.register();
  const stolen = visitor.cookie;
  await visitor.api.auth.refresh();
  await visitor.api.auth.refresh();
  world.clock.advance(5 * MINUTE);
  const thief = world.visitor({ ip: '198.51.100.9' });
  thief.cookie = stolen;
  await expect(thief.api.auth.refresh()).rejects.toMatchObject({ message: expect.any(String) });
  await world.app.deps.mail.deliver();

  const [mail] = server.received;
  expect(server.received).toHaveLength(1);
  expect(mail?.headers.get('subject')).toEqual(['We ended one of your Sallyport sessions']);
  expect(mail?.text).toContain('we have ended that session');
  expect(mail?.text).toContain('198.51.100.9');
  expect(mail?.text).toContain('Tuesday, 24 November 2026, 12:05 UTC');
});

test('a mail has no token in it, and nothing that would tell when it is read', async () => {
  const { server, world } = await createMailingWorld();
  const visitor = world.visitor();
  await world.visitor().register();
  await visitor.signIn();
  await world.app.deps.mail.deliver();
  const [mail] = server.received;
  const content = `${mail?.raw}${mail?.text}${mail?.html}`;
  for (const secret of [visitor.cookie, visitor.bearer, visitor.device]) {
    expect(secret).toMatch(/.{20}/);
    expect(content).not.toContain(secret);
  }
  expect(mail?.html).not.toMatch(/<(img|link|script|iframe|form)|url\(|@import|src=/i);
});

test('a mail is fit for dark mode', async () => {
  const { server, world } = await createMailingWorld();
  await world.visitor().register();
  await world.visitor().signIn();
  await world.app.deps.mail.deliver();
  const html = server.received[0]?.html;
  expect(html).toContain('<meta name="color-scheme" content="light dark">');
  expect(html).toContain('@media (prefers-color-scheme: dark)');
});

test('an account gets five an hour at most: an address that nobody has verified may be a stranger’s', async () => {
  const server = await listenSmtp();
  const env = { SMTP_URL: server.url, MAIL_FROM: 'login@example.com', RATE_LIMIT: 'on' };
  const world = await createWorld({ env });
  const owner = world.visitor();
  await owner.register();
  for (let index = 0; index < 8; index += 1) await world.visitor({ ip: `198.51.100.${index}` }).signIn();
  await world.app.deps.mail.deliver();
  expect(server.received).toHaveLength(5);
  expect(await owner.api.notices.list(), 'and is told of all of it in its pages').toHaveLength(8);
});
