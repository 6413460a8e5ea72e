import { expect, test } from 'vitest';
import { collectLetters, lettersTo, MAIL_ENV } from '../support/letters.ts';
import { listen } from '../support/listening.ts';
import { exchangeOne } from '../support/raw-http.ts';
import { GOOD_PASSWORD } from '../support/world.ts';

// Supabase Auth GHSA-3529-5m8x-rpv3: a forwarded host poisoned the reset link.

const ADA = 'ada@example.com';
const EVIL = 'evil.example';

const HOSTILE = [
  `Host: ${EVIL}`,
  `Host: localhost\r\nX-Forwarded-Host: ${EVIL}`,
  `Host: localhost\r\nX-Forwarded-Host: ${EVIL}\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 81`,
  `Host: localhost\r\nForwarded: for=127.0.0.1;host=${EVIL};proto=http`,
  `Host: localhost\r\nX-Original-Host: ${EVIL}\r\nX-Host: ${EVIL}\r\nX-Forwarded-Server: ${EVIL}`,
  `Host: localhost\r\nReferer: https://${EVIL}/\r\nX-Original-URL: https://${EVIL}/`,
  `Host: ${EVIL}\r\nX-Forwarded-For: 198.51.100.9`,
];

test.each([
  ['behind nothing', { PUBLIC_URL: 'http://localhost:3000' }],
  ['behind a proxy that is trusted', { TRUST_PROXY: '127.0.0.1', PUBLIC_URL: 'https://login.example.com' }],
])('the links in every mail lead to PUBLIC_URL, whatever a request says, %s', async (_, env) => {
  const { app, port } = await listen({ ...MAIL_ENV, ...env });
  const letters = collectLetters(app);
  const { PUBLIC_URL: publicUrl } = env;
  const ask = async (path: string, input: object, headers: string, target = `/trpc/${path}`) => {
    const body = JSON.stringify(input);
    const head = `POST ${target} HTTP/1.1\r\n${headers}\r\nContent-Type: application/json`;
    const { status } = await exchangeOne(
      port,
      `${head}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    return status;
  };

  for (const headers of HOSTILE) {
    expect(await ask('auth.register', { email: ADA, password: GOOD_PASSWORD }, headers)).toBe(200);
    const [, token] = /#token=([\w-]+)/.exec(lettersTo({ letters }, ADA).at(-1)?.text ?? '') ?? [];
    if (token !== undefined) await ask('email.verify', { token }, headers);
    expect(await ask('password.forgot', { email: ADA }, headers)).toBe(200);
  }
  // RFC 9112 §3.2.2: the absolute form, in which the request line names a host.
  await ask('password.forgot', { email: ADA }, 'Host: localhost', `http://${EVIL}/trpc/password.forgot`);

  expect(letters.length).toBeGreaterThanOrEqual(2 * HOSTILE.length);
  for (const { text, html, subject } of letters) {
    const links = [...`${text} ${html}`.matchAll(/https?:\/\/[^\s"<]+/g)].map(
      ([link]) => new URL(link).origin,
    );
    expect(new Set(links)).toEqual(new Set([publicUrl]));
    expect(`${subject}${text}${html}`).not.toContain(EVIL);
  }
});
