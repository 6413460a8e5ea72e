import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { dataOf } from '../support/answers.ts';
import { builtServer } from '../support/built-server.ts';
import { createProofKey } from '../support/dpop.ts';
import { openUrl, takeLastingDatabase } from '../support/database.ts';
import { temporaryFolder } from '../support/folder.ts';
import { hideTable } from '../support/refused-writes.ts';
import { findLeaks } from '../support/leaks.ts';
import { tokenIn } from '../support/letters.ts';
import { basicOf, post } from '../support/oauth.ts';
import { PROJECT_ROOT } from '../support/project-copy.ts';
import { findFreePort } from '../support/free-port.mjs';
import { launch, startProcess } from '../support/server-process.ts';
import { listenSmtp } from '../support/smtp.ts';
import { replyOf } from '../support/smtp-server.ts';
import { createWebClient } from '../support/web-client.ts';

const main = builtServer();

const PASSWORDS = {
  first: 'a lantern for the long night',
  changed: 'seven quiet herons at the weir',
  reset: 'copper kettles on a slate roof',
  wrong: 'not the lantern you are looking for',
};
const DATABASE_PASSWORD = 'dB4t8xQ-wN7kZ3rVm9LpYcH2';

/** PostgreSQL lets tests in whatever they say; a file has no password. */
function withPassword(url: string): string {
  if (url.startsWith('sqlite:')) return url;
  const address = new URL(url);
  address.password = DATABASE_PASSWORD;
  return address.href;
}

const SMTP_PASSWORD = 'kettle-drum-4711-under-the-sea';
const AUTH_SECRET = 'hT3vQ9xLw2Rk7ZpYb5NcJ8mFd4GaE6uSsVrKq1';
const EMAILS = {
  email: 'ada.lovelace@example.com',
  other: 'countess@example.org',
  nobody: 'nobody.here@example.net',
  bounced: 'bounce.me@example.net',
};
const PATIENT = { timeout: 10_000 };

test(
  'no secret and no address is in anything that a server says at LOG_LEVEL=trace',
  { timeout: 60_000 },
  async () => {
    const smtp = await listenSmtp({
      accounts: { robot: SMTP_PASSWORD },
      refuse: (step, address) =>
        step === 'recipient' && address === EMAILS.bounced
          ? replyOf(550, `there is no ${address}`)
          : undefined,
    });
    const folder = temporaryFolder();
    const METRICS_PORT = String(await findFreePort());
    const PORT = String(await findFreePort());
    const DATABASE_URL = await takeLastingDatabase();
    const env = {
      PORT,
      DATABASE_URL: withPassword(DATABASE_URL),
      METRICS_PORT,
      AUTH_SECRET,
      LOG_LEVEL: 'trace',
      REFRESH_GRACE: '0',
      TRUST_PROXY: '127.0.0.1',
      SMTP_URL: `smtp://robot:${SMTP_PASSWORD}@127.0.0.1:${smtp.port}`,
      MAIL_FROM: 'login@example.com',
    };
    const { base, child, exit } = await startProcess({ main: main(), folder, env });
    const server = { base };

    /** Everything that must not be seen; of each kind as many as there are. */
    const secrets: Record<string, string> = { ...EMAILS, AUTH_SECRET, SMTP_PASSWORD, DATABASE_PASSWORD };
    for (const [name, password] of Object.entries(PASSWORDS)) secrets[`password ${name}`] = password;
    const keep = (kind: string, secret: string | undefined) => {
      if (secret === undefined || secret === '') throw new Error(`there is no ${kind}`);
      secrets[`${kind} ${Object.keys(secrets).length}`] = secret;
      return secret;
    };
    const valueOf = (cookie: string | undefined) => cookie?.split('=')[1];
    const mailTo = async (address: string, subject: RegExp) => {
      const find = () =>
        smtp.received.findLast(
          ({ to, headers }) => to[0] === address && subject.test(String(headers.get('subject'))),
        );
      await expect.poll(find, PATIENT).toBeDefined();
      return find();
    };
    const linkTo = async (address: string, subject: RegExp) =>
      keep('mail token', tokenIn(await mailTo(address, subject)));
    const statuses: string[] = [];
    const call = async (name: string, response: Promise<Response>) => {
      const { status } = await response;
      await (await response).clone().text();
      statuses.push(`${name} ${status}`);
      return response;
    };

    // An account, by mail; a sign-in that fails and one that does not; a refresh, and a reuse.
    const ada = createWebClient(base);
    const { email, other, nobody, bounced } = EMAILS;
    const signIn = async (address: string, password: string) => {
      await ada.signIn(address, password);
      keep('access token', ada.bearer);
      keep('refresh token', valueOf(ada.cookie));
      keep('device', valueOf(ada.device));
    };
    const register = { email, password: PASSWORDS.first, name: 'Ada' };
    await call('register', ada.mutate('auth.register', register));
    await call('register', ada.mutate('auth.register', { ...register, email: bounced }));
    await call('verify', ada.mutate('email.verify', { token: await linkTo(email, /./) }));
    await call('wrong', ada.mutate('auth.login', { email, password: PASSWORDS.wrong }));
    await call('nobody', ada.mutate('auth.login', { email: nobody, password: PASSWORDS.wrong }));
    await signIn(email, PASSWORDS.first);
    await call('me', ada.query('auth.me'));
    const used = ada.cookie ?? '';
    await call('refresh', ada.mutate('auth.refresh'));
    keep('refresh token', valueOf(ada.cookie));
    await call('reuse', ada.mutate('auth.refresh', undefined, { Cookie: used }));

    // A client, by Basic and by form, with and without a proof.
    await signIn(email, PASSWORDS.first);
    const words = 'client add --name Service --confidential --grant password --grant refresh_token'.split(
      ' ',
    );
    const { stdout } = await (
      await launch({ main: join(PROJECT_ROOT, 'server/command.mjs'), folder, words, env })
    ).exit;
    const { clientId: id, clientSecret: secret } = z
      .object({ clientId: z.string(), clientSecret: z.string() })
      .parse(JSON.parse(stdout));
    keep('client secret', secret);
    const headers = basicOf({ id, secret });
    const form = { grant_type: 'password', username: email, password: PASSWORDS.first };
    const tokens = z.object({ access_token: z.string(), refresh_token: z.string() });
    const granted = tokens.parse(
      await (await call('token', post(server, 'token', { form, headers }))).json(),
    );
    keep('access token', granted.access_token);
    keep('refresh token', granted.refresh_token);
    const asked = { token: granted.access_token };
    await call('introspect', post(server, 'introspect', { form: asked, headers }));
    await call(
      'userinfo',
      fetch(`${base}/oauth/userinfo`, { headers: { Authorization: `Bearer ${granted.access_token}` } }),
    );
    await call(
      'wrong secret',
      post(server, 'introspect', { form: asked, headers: basicOf({ id, secret: `${secret}x` }) }),
    );
    const posted = { ...asked, client_id: id, client_secret: secret };
    await call('revoke', post(server, 'revoke', { form: posted }));
    const key = await createProofKey();
    const prove = async (nonce?: string) => {
      const url = `http://localhost:${PORT}/oauth/token`;
      const proof = await key.prove({ url, iat: Math.floor(Date.now() / 1000), ...(nonce && { nonce }) });
      return { ...headers, DPoP: keep('proof', proof) };
    };
    const challenge = await call('no nonce', post(server, 'token', { form, headers: await prove() }));
    const nonce = challenge.headers.get('dpop-nonce') ?? '';
    const bound = await call('proof', post(server, 'token', { form, headers: await prove(nonce) }));
    keep('access token', tokens.parse(await bound.json()).access_token);

    // Another password, by the page and by mail; another address; the data; the end.
    const change = { currentPassword: PASSWORDS.first, newPassword: PASSWORDS.changed };
    const changed = await call('change', ada.mutate('account.changePassword', change));
    ada.bearer = keep(
      'access token',
      (await dataOf(changed, z.object({ accessToken: z.string() }))).accessToken,
    );
    await call('forgot', ada.mutate('password.forgot', { email }));
    await call('forgot', ada.mutate('password.forgot', { email: nobody }));
    const resetToken = await linkTo(email, /reset|new password/i);
    await call(
      'weak',
      ada.mutate('password.reset', { token: resetToken, password: PASSWORDS.reset.slice(0, 9) }),
    );
    await call('reset', ada.mutate('password.reset', { token: resetToken, password: PASSWORDS.reset }));
    await signIn(email, PASSWORDS.reset);
    await call('email', ada.mutate('account.changeEmail', { email: other, password: PASSWORDS.reset }));
    await call('confirm', ada.mutate('email.confirmChange', { token: await linkTo(other, /./) }));
    await signIn(other, PASSWORDS.reset);
    await call('export', ada.query('account.export'));
    const db = await openUrl(DATABASE_URL);
    for (const { password_hash } of await db.selectFrom('accounts').select('password_hash').execute())
      keep('hash', password_hash ?? undefined);
    await call('delete', ada.mutate('account.delete', { password: PASSWORDS.reset }));

    // What cannot be read, what is not there, and what fails of itself.
    const raw = (path: string, body: string, type = 'application/json') =>
      fetch(`${base}${path}`, { method: 'POST', body, headers: { 'Content-Type': type } });
    const bearer = ada.bearer ?? '';
    await call('malformed', raw('/trpc/auth.login', `{"email":"${email}","password":"${PASSWORDS.first}"`));
    await call(
      'malformed',
      raw('/trpc/auth.login', `{"password":"${PASSWORDS.first}","password":"${bearer}"}`),
    );
    await call('type', raw('/trpc/auth.login', PASSWORDS.first, 'text/plain'));
    await call(
      'input',
      ada.query(
        `auth.login?input=${encodeURIComponent(JSON.stringify({ email, password: PASSWORDS.first }))}`,
      ),
    );
    await call('nowhere', fetch(`${base}/trpc/${bearer}`));
    await call('nowhere', fetch(`${base}/oauth/${secret}?client_secret=${secret}`));
    await call('nowhere', fetch(`${base}/profile/${email}?access_token=${bearer}`));
    await call('nowhere', fetch(`${base}/%${secret}`));
    await call('form', post(server, 'token', { form: `username=${email}&password=%zz${PASSWORDS.first}` }));
    await call('sessions', raw('/oauth/token', JSON.stringify(form)));
    const bringBack = await hideTable(db, 'accounts');
    await call('fault', ada.mutate('auth.login', { email, password: PASSWORDS.first }));
    await call('fault', post(server, 'token', { form, headers }));
    await call(
      'fault',
      post(server, 'token', {
        form: { grant_type: 'refresh_token', refresh_token: granted.refresh_token },
        headers,
      }),
    );
    await bringBack();
    await db.destroy();

    // Through the same logger: what a proxy calls a request is logged.
    const planted = 'pL4nt3d-wT9vR2kXq7LmZp4sYb8NcJ5h';
    await call('planted', fetch(`${base}/healthz`, { headers: { 'X-Request-Id': planted } }));

    const metrics = await (await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).text();
    child.kill('SIGTERM');
    const said = await exit;
    const everything = `${said.stdout}\n${said.stderr}\n${metrics}`;
    expect({ code: said.code, statuses }).toMatchInlineSnapshot(`
      {
        "code": 0,
        "statuses": [
          "register 200",
          "register 200",
          "verify 200",
          "wrong 401",
          "nobody 401",
          "me 200",
          "refresh 200",
          "reuse 401",
          "token 200",
          "introspect 200",
          "userinfo 200",
          "wrong secret 401",
          "revoke 200",
          "no nonce 400",
          "proof 200",
          "change 200",
          "forgot 200",
          "forgot 200",
          "weak 422",
          "reset 200",
          "email 200",
          "confirm 200",
          "export 200",
          "delete 200",
          "malformed 400",
          "malformed 400",
          "type 415",
          "input 405",
          "nowhere 404",
          "nowhere 404",
          "nowhere 404",
          "nowhere 400",
          "form 400",
          "sessions 400",
          "fault 500",
          "fault 500",
          "fault 500",
          "planted 200",
        ],
      }
    `);
    for (const part of [
      '"msg":"request"',
      'refresh token reuse',
      'mail handed over',
      'mail given up',
      'procedure failed',
      'request failed',
    ])
      expect(everything).toContain(part);
    expect(Object.keys(secrets).length).toBeGreaterThan(30);
    expect(findLeaks(everything, { planted })).toEqual(['planted']);
    expect(findLeaks(everything, secrets)).toEqual([]);
  },
);
