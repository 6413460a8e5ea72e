import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { noticeSchema } from '../../../shared/session.ts';
import { dataOf } from '../../support/answers.ts';
import { HOUR } from '../../support/clock.ts';
import { listen, type Listening } from '../../support/listening.ts';
import { addClient, basicOf, PASSWORD_FORM, post, tokensOf, type ShownClient } from '../../support/oauth.ts';
import type { WebClient } from '../../support/web-client.ts';

// By what a client is known again: server/flows/identify-device.ts

const SCRIPT = 'backup-script/2.0';
let server: Listening;
let owner: WebClient;
let client: ShownClient;

beforeEach(async () => {
  server = await listen({ TRUST_PROXY: '127.0.0.1' });
  owner = server.client();
  await owner.register();
  client = await addClient(server);
});

async function signIn({
  by = client,
  ip = '203.0.113.7',
  program = SCRIPT,
  headers = {},
} = {}): Promise<void> {
  server.clock.advance(HOUR);
  await tokensOf(
    await post(server, 'token', {
      form: PASSWORD_FORM,
      headers: { ...basicOf(by), 'X-Forwarded-For': ip, 'User-Agent': program, ...headers },
    }),
  );
}

/** Devices and addresses that the owner was told of, the last first. */
async function told(): Promise<string[]> {
  owner.bearer = undefined;
  await owner.signIn();
  const notices = await dataOf(await owner.query('notices.list'), z.array(noticeSchema));
  return notices.map(({ kind, ip }) => `${kind} ${ip}`);
}

test('a script that signs in every hour is announced once', async () => {
  for (let count = 0; count < 5; count += 1) await signIn();
  expect(await told()).toEqual(['new_device 203.0.113.7']);
});

test.each([
  ['from another address', { ip: '198.51.100.9' }, 'new_device 198.51.100.9'],
  ['with another program', { program: 'curl/8' }, 'new_device 203.0.113.7'],
  ['from another household', { ip: '2001:db8:0:1::7' }, 'new_device 2001:db8:0:1::7'],
])('the same client %s is announced', async (_, elsewhere, notice) => {
  await signIn();
  await signIn(elsewhere);
  await signIn(elsewhere);
  expect((await told()).toSorted()).toEqual([notice, 'new_device 203.0.113.7'].toSorted());
});

test('another client at the same place is announced, our own by the token endpoint too', async () => {
  await signIn();
  await signIn({ by: await addClient(server) });
  await signIn({ by: { id: 'sallyport', secret: '' } });
  expect(await told()).toHaveLength(3);
});

test('another address of the same household is the same place', async () => {
  await signIn({ ip: '2001:db8::1' });
  await signIn({ ip: '2001:db8::2' });
  expect(await told()).toHaveLength(1);
});

test('the cookie by which a browser is known helps no client, and a client is given none', async () => {
  const cookie = { Cookie: owner.device ?? '' };
  expect(cookie.Cookie).not.toBe('');
  await signIn({ headers: cookie });
  expect(await told()).toHaveLength(1);
});

test('and no text in the cookie passes for a client that is known', async () => {
  await signIn();
  const browser = server.client();
  const [name = ''] = owner.device?.split('=') ?? [];
  const marks = JSON.stringify(['place', client.id, '203.0.113.7', SCRIPT]);
  browser.device = `${name}=${encodeURIComponent(marks)}`;
  await browser.signIn();
  expect(await told()).toHaveLength(2);
});
