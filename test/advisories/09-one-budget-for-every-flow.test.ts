import { beforeEach, describe, expect, test } from 'vitest';
import { listen, type Listening } from '../support/listening.ts';
import { addClient, basicOf, PASSWORD_FORM, post, type ShownClient } from '../support/oauth.ts';
import type { WebClient } from '../support/web-client.ts';
import { GOOD_PASSWORD } from '../support/world.ts';

// Keycloak CVE-2026-9798: a limit at one door helps nobody when another checks the same password.

interface House {
  server: Listening;
  /** Signed in already: may try to change the password, from a device that is known. */
  browser: WebClient;
  service: ShownClient;
  phone: ShownClient;
}

type Door = [string, (house: House, password: string) => Promise<Response>];

const changePassword = ({ browser }: House, currentPassword: string) =>
  browser.mutate('account.changePassword', {
    currentPassword,
    newPassword: 'another lantern, another night',
  });

/** Every door at which a stranger can try a password. */
const STRANGERS_DOORS: Door[] = [
  [
    'auth.login',
    ({ server }, password) => server.client().mutate('auth.login', { email: 'ada@example.com', password }),
  ],
  [
    'the password grant of our own client',
    ({ server }, password) => post(server, 'token', { form: { ...PASSWORD_FORM, password } }),
  ],
  [
    'the password grant of a confidential client',
    ({ server, service }, password) =>
      post(server, 'token', { form: { ...PASSWORD_FORM, password }, headers: basicOf(service) }),
  ],
  [
    'the password grant of a public client, with another spelling of the name',
    ({ server, phone }, password) =>
      post(server, 'token', {
        form: { ...PASSWORD_FORM, password, username: ' ADA@Example.COM', client_id: phone.id },
      }),
  ],
  [
    'account.changePassword in a session whose device was forgotten',
    async (house, password) => {
      await house.server.app.deps.db.deleteFrom('devices').execute();
      return changePassword(house, password);
    },
  ],
];

/** Those of whoever holds a device that its owner signed in from: no stranger closes them, and they are one budget, too. */
const OWNERS_DOORS: Door[] = [
  ['account.changePassword', changePassword],
  [
    'account.changeEmail',
    ({ browser }, password) => browser.mutate('account.changeEmail', { email: 'ada@example.org', password }),
  ],
  [
    'auth.login with the device’s cookie',
    ({ server, browser }, password) =>
      server
        .client()
        .mutate('auth.login', { email: 'ada@example.com', password }, { Cookie: browser.device ?? '' }),
  ],
];

let house: House;

beforeEach(async () => {
  const server = await listen({ RATE_LIMIT: 'on' });
  const browser = server.client();
  await browser.register();
  house = {
    server,
    browser,
    service: await addClient(server),
    phone: await addClient(server, { confidential: false }),
  };
});

async function expectClosed(doors: Door[], retryAfter: string): Promise<void> {
  for (const [name, door] of doors) {
    const answer = await door(house, GOOD_PASSWORD);
    expect([name, answer.status, answer.headers.get('retry-after')]).toEqual([name, 429, retryAfter]);
  }
}

describe.each([
  ['a stranger', STRANGERS_DOORS],
  ['a known device', OWNERS_DOORS],
])('of %s', (_, doors) => {
  test.each(doors)(
    'five wrong guesses at %s close every door, to the right password too',
    async (_name, guess) => {
      for (let count = 0; count < 5; count += 1)
        expect((await guess(house, 'wrong')).status).toBeLessThan(429);
      await expectClosed(doors, '1');
    },
  );

  test('guesses are added up over all doors', async () => {
    for (let count = 0; count < 5; count += 1) {
      const [, guess] = doors[count % doors.length] ?? [];
      expect((await guess?.(house, 'wrong'))?.status).toBeLessThan(429);
    }
    await expectClosed(doors, '1');
  });

  test.each(doors)('the right password at %s gives the guesses back at every door', async (_name, right) => {
    for (let count = 0; count < 4; count += 1) await doors[count % doors.length]?.[1](house, 'wrong');
    const answer = await right(house, GOOD_PASSWORD);
    expect(answer.status).toBe(200);
    for (let count = 0; count < 5; count += 1)
      expect((await doors[count % doors.length]?.[1](house, 'wrong'))?.status).toBeLessThan(429);
  });
});

test('account.delete has the same budget', async () => {
  const { browser } = house;
  for (let count = 0; count < 5; count += 1)
    expect((await browser.mutate('account.delete', { password: 'wrong' })).status).toBe(401);
  await expectClosed(OWNERS_DOORS, '1');
  expect((await browser.mutate('account.delete', { password: GOOD_PASSWORD })).status).toBe(429);
});

test('what strangers did leaves the doors of a known device open, and the other way round', async () => {
  for (let count = 0; count < 8; count += 1) await STRANGERS_DOORS[0]?.[1](house, 'wrong');
  await expectClosed(STRANGERS_DOORS.slice(0, 4), '1');
  for (let count = 0; count < 5; count += 1)
    expect((await OWNERS_DOORS[count % 3]?.[1](house, 'wrong'))?.status).toBe(401);
  await expectClosed(OWNERS_DOORS, '1');
});
