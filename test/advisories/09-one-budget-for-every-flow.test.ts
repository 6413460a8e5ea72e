import { beforeEach, expect, test } from 'vitest';
import { listen, type Listening } from '../support/listening.ts';
import { addClient, basicOf, PASSWORD_FORM, post, type ShownClient } from '../support/oauth.ts';
import type { WebClient } from '../support/web-client.ts';
import { GOOD_PASSWORD } from '../support/world.ts';

// Keycloak CVE-2026-9798: a limit at one door helps nobody when another checks the same password.

interface House {
  server: Listening;
  /** Signed in already: may try to change the password. */
  browser: WebClient;
  service: ShownClient;
  phone: ShownClient;
}

/** Every door at which a password can be tried. */
const DOORS: [string, (house: House, password: string) => Promise<Response>][] = [
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
    'account.changePassword',
    ({ browser }, currentPassword) =>
      browser.mutate('account.changePassword', {
        currentPassword,
        newPassword: 'another lantern, another night',
      }),
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

test.each(DOORS)('ten wrong guesses at %s close every door, to the right password too', async (_, guess) => {
  for (let count = 0; count < 10; count += 1) expect((await guess(house, 'wrong')).status).toBeLessThan(429);
  for (const [name, door] of DOORS) {
    const answer = await door(house, GOOD_PASSWORD);
    expect([name, answer.status, answer.headers.get('retry-after')]).toEqual([name, 429, '900']);
  }
});

test('guesses are added up over all doors', async () => {
  for (let round = 0; round < 2; round += 1)
    for (const [, guess] of DOORS) expect((await guess(house, 'wrong')).status).toBeLessThan(429);
  for (const [name, guess] of DOORS)
    expect([name, (await guess(house, 'wrong')).status]).toEqual([name, 429]);
});

test('the right password at one door gives the guesses back at every door', async () => {
  for (const [, guess] of [...DOORS, ...DOORS.slice(0, 4)]) await guess(house, 'wrong');
  const { server, service } = house;
  const answer = await post(server, 'token', { form: PASSWORD_FORM, headers: basicOf(service) });
  expect(answer.status).toBe(200);
  for (let round = 0; round < 2; round += 1)
    for (const [, guess] of DOORS) expect((await guess(house, 'wrong')).status).toBeLessThan(429);
});
