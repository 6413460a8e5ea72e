import { expect, test } from 'vitest';
import { MINUTE } from '../../support/clock.ts';
import { hideTable } from '../../support/refused-writes.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { SECRET } from '../../support/secret.ts';
import { createWorld, GOOD_PASSWORD, type World } from '../../support/world.ts';

const WRONG_PASSWORD = 'a wrong guess that somebody else may own';

/** Everything that may never be written down, in the spellings in which it could get there. */
function expectNoSecrets({ logLines }: World, secrets: (string | undefined)[]): void {
  const log = logLines.join('');
  const known = secrets.filter((secret) => secret !== undefined);
  expect(known).toHaveLength(secrets.length);
  for (const secret of known) {
    const spellings = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
    for (const spelling of spellings) expect(log).not.toContain(spelling);
  }
}

test('no password, token or cookie of a whole journey through the procedures is logged', async () => {
  const world = await createWorld();
  const browser = world.visitor();
  const secrets: (string | undefined)[] = [GOOD_PASSWORD, WRONG_PASSWORD, SECRET];
  const note = () => void secrets.push(browser.cookie, browser.bearer);

  await browser.register();
  note();
  await outcomeOf(browser.register());
  await outcomeOf(browser.signIn('ada@example.com', WRONG_PASSWORD));
  await outcomeOf(browser.signIn(WRONG_PASSWORD, GOOD_PASSWORD));
  await outcomeOf(browser.api.auth.register({ email: 'a@example.com', password: 'short' }));
  await browser.signIn();
  note();
  const stolen = browser.cookie;
  world.clock.advance(10 * MINUTE);
  browser.bearer = (await browser.api.auth.refresh()).accessToken;
  note();
  world.clock.advance(MINUTE);
  browser.cookie = stolen;
  expect(await outcomeOf(browser.api.auth.refresh())).toBe('session_revoked');
  await browser.api.auth.logout();

  expect(world.logLines.length).toBeGreaterThan(0);
  expectNoSecrets(world, secrets);
});

test('nor of one through the server, with a fault of ours in the middle and nonsense around it', async () => {
  const world = await createWorld();
  const { http, deps } = world.app;
  const call = (path: string, payload: string, headers: Record<string, string> = {}) =>
    http.inject({
      method: 'POST',
      url: `/trpc/${path}`,
      headers: { 'content-type': 'application/json', ...headers },
      payload,
    });
  const credentials = JSON.stringify({ email: 'ada@example.com', password: GOOD_PASSWORD });
  const registered = await call('auth.register', credentials);
  const [cookie] = registered.cookies;
  const { accessToken } = registered.json<{ result: { data: { accessToken: string } } }>().result.data;
  const authorized = { authorization: `Bearer ${accessToken}`, cookie: `${cookie?.name}=${cookie?.value}` };

  await call('auth.refresh', '', authorized);
  await call('auth.login', `${credentials}trailing`, authorized);
  await call(`auth.login?password=${encodeURIComponent(WRONG_PASSWORD)}`, '{}', authorized);
  await http.inject({ url: `/trpc/auth.me?input=${accessToken}`, headers: authorized });
  await hideTable(deps.db, 'sessions');
  expect((await call('auth.login', credentials, authorized)).statusCode).toBe(500);
  await hideTable(deps.db, 'accounts');
  expect((await call('auth.login', credentials, authorized)).statusCode).toBe(500);
  expect((await http.inject({ url: '/trpc/auth.me', headers: authorized })).statusCode).toBe(500);

  expect(world.logLines.join('')).toContain('procedure failed');
  expectNoSecrets(world, [GOOD_PASSWORD, WRONG_PASSWORD, SECRET, accessToken, cookie?.value]);
});
