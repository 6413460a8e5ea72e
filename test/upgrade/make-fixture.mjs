// @ts-check
// `node test/upgrade/make-fixture.mjs NAME`: a database as this very release leaves it, with people in the middle of
// everything, and what each of them holds. Run it once before a release whose successor changes the schema, and commit
// what it writes; test/upgrade/upgrade.test.ts then opens it with every later release.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'vite';

const [name = 'unnamed'] = process.argv.slice(2);
const folder = join(import.meta.dirname, '../data/upgrade');
const file = join(folder, `${name}.db`);
const secret = 'VXBncmFkZXMgbG9jayBub2JvZHkgb3V0LCBldmVyLiA0MiBhbmQgYSBoYWxm';
const password = 'a lantern for the long night';
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** Published vectors (test/data/bcrypt), as an import leaves them; the row of one letter is their salt. */
const IMPORTED = [
  ['$2a$', 'U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['$2b$', 'U*U*U', '$2b$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['$2y$', 'U*U*U', '$2y$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
  ['v1', 'password', '$bcrypt-sha256$2b,5$5Hg1DKFqPE8C2aflZ5vVoe$12BjNE0p7axMg55.Y/mHsYiVuFBDQyu'],
  ['v2', 'password', '$bcrypt-sha256$v=2,t=2b,r=5$5Hg1DKFqPE8C2aflZ5vVoe$wOK1VFFtS8IGTrGa7.h5fs0u84qyPbS'],
];

const vite = await createServer({
  configFile: join(import.meta.dirname, '../../vite.config.ts'),
  server: { middlewareMode: true, watch: null },
  logLevel: 'warn',
});
const { createApp } = await vite.ssrLoadModule('/../server/app.ts');
const { parseConfig } = await vite.ssrLoadModule('/../server/config.ts');
const { createCaller } = await vite.ssrLoadModule('/../server/trpc/router.ts');
const { registerClient } = await vite.ssrLoadModule('/../server/flows/manage-clients.ts');
const { signIn } = await vite.ssrLoadModule('/../server/flows/sign-in.ts');

for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
let now = Date.UTC(2026, 10, 1, 12);
const config = parseConfig({
  NODE_ENV: 'test',
  DATA_DIR: folder,
  DATABASE_URL: `sqlite:${file}`,
  AUTH_SECRET: secret,
  BCRYPT_COST: '10',
  RATE_LIMIT: 'off',
  LOG_LEVEL: 'silent',
});
const app = await createApp(config, { clock: { now: () => now }, background: false });

/** @type {{ to: string, text: string, expiresAt?: number, at: number }[]} */
const letters = [];
const { mail } = app.deps;
app.deps.mail = {
  ...mail,
  enqueue(
    /** @type {unknown} */ trx,
    /** @type {{ to: string, text: string }} */ letter,
    /** @type {number} */ at,
  ) {
    letters.push({ ...letter, at });
    return mail.enqueue(trx, letter, at);
  },
};
/** The token in the newest mail to this address. */
const tokenFor = (/** @type {string} */ address) =>
  /#token=([\w-]{43})/.exec(letters.findLast(({ to }) => to === address)?.text ?? '')?.[1] ?? '';

/** One browser: its cookie jar and its access token. */
function createBrowser() {
  /** @type {{ cookie?: string | undefined, bearer?: string | undefined, device?: string | undefined }} */
  const held = {};
  const jar = () => ({
    read: () => held.cookie,
    write: (/** @type {string} */ token) => void (held.cookie = token),
    clear: () => void delete held.cookie,
  });
  const api = () =>
    createCaller({
      deps: app.deps,
      requestId: 'fixture',
      origin: {
        ip: '203.0.113.7',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      },
      credentials: { token: held.bearer },
      refreshCookie: jar(),
      deviceCookie: {
        read: () => held.device,
        write: (/** @type {string} */ token) => void (held.device = token),
      },
    });
  const keep = (/** @type {{ accessToken: string }} */ { accessToken }) => void (held.bearer = accessToken);
  return {
    held,
    api,
    register: async (/** @type {string} */ email) =>
      keep(await api().auth.register({ email, password, name: 'Ada' })),
    signIn: async (/** @type {string} */ email) => keep(await api().auth.login({ email, password })),
    refresh: async () => keep(await api().auth.refresh()),
    signOut: () => api().auth.logout(),
  };
}

/** @type {{ what: string, cookie?: string | undefined, bearer?: string | undefined, refresh: string, me: string }[]} */
const holders = [];
/** @param {string} what  @param {{ cookie?: string | undefined, bearer?: string | undefined }} held  @param {[string, string]} expected */
const note = (what, { cookie, bearer }, [refresh, me]) => holders.push({ what, cookie, bearer, refresh, me });

const idle = createBrowser();
await idle.register('ada@example.com');
const copied = createBrowser();
await copied.signIn('ada@example.com');
const ended = createBrowser();
await ended.signIn('ada@example.com');
const old = { ...copied.held };
for (const [index, [, , hash]] of IMPORTED.entries()) {
  await createBrowser().register(`imported-${index}@example.com`);
  await app.deps.db
    .updateTable('accounts')
    .set({ password_hash: hash })
    .where('email', '=', `imported-${index}@example.com`)
    .execute();
}
const disabled = createBrowser();
await disabled.register('disabled@example.com');

now += 13 * DAY;
await copied.refresh();
const used = createBrowser();
await used.signIn('ada@example.com');
for (let round = 0; round < 5; round += 1) {
  now += 10 * MINUTE;
  await used.refresh();
}
await copied.refresh();
const thief = createBrowser();
Object.assign(thief.held, old);
await thief.refresh().then(
  () => Promise.reject(new Error('a copied token was not recognised')),
  () => undefined,
);
const { cookie } = ended.held;
await ended.refresh();
const before = { ...ended.held, cookie };
await ended.signOut();
await app.deps.db
  .updateTable('accounts')
  .set({ disabled_at: now })
  .where('email', '=', 'disabled@example.com')
  .execute();
const lost = createBrowser();
await lost.signIn('ada@example.com');
const stalled = { ...lost.held };
for (let round = 0; round < 3; round += 1) {
  now += 4_000;
  await lost.refresh();
}
const fresh = createBrowser();
await fresh.signIn('ada@example.com');

note('a session that was not used for almost two weeks', idle.held, ['succeeded', 'token_expired']);
note('a session that was renewed many times', used.held, ['succeeded', 'succeeded']);
note('a session that has just begun', fresh.held, ['succeeded', 'succeeded']);
note('the newest token of a session that was renewed in quick succession', lost.held, [
  'succeeded',
  'succeeded',
]);
note('a retry whose answers were all lost, inside the window', stalled, ['succeeded', 'succeeded']);
note('a session that was signed out', before, ['session_revoked', 'session_revoked']);
note('a session that ended when its token was reused', copied.held, ['session_revoked', 'session_revoked']);
note('the session of a disabled account', disabled.held, ['session_revoked', 'token_expired']);

/** One that is bound to the key of RFC 7638 §3.1 beside one that is not. */
const clients = [];
for (const jkt of [undefined, 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs']) {
  const { client, secret } = await registerClient(app.deps, {
    name: 'Service',
    confidential: jkt === undefined,
    grants: ['password', 'refresh_token'],
    ceiling: ['profile:read'],
  });
  const origin = { ip: '203.0.113.9', userAgent: 'curl/8.5.0' };
  const start = { client, origin, jkt };
  const { refreshToken, accessToken } = await signIn(app.deps, { email: 'ada@example.com', password, start });
  clients.push({ id: client.id, secret, jkt, refreshToken, accessToken });
}

/** Links that are still good, and what each is for. @type {{ procedure: string, email: string, token: string }[]} */
const links = [];
const link = (/** @type {string} */ procedure, /** @type {string} */ email) =>
  void links.push({ procedure, email, token: tokenFor(email) });
const forgetful = createBrowser();
await forgetful.register('forgetful@example.com');
await forgetful.api().password.forgot({ email: 'forgetful@example.com' });
link('password.reset', 'forgetful@example.com');
const mover = createBrowser();
await mover.register('mover@example.com');
await mover.api().account.changeEmail({ email: 'mover@new.example', password });
link('email.confirmChange', 'mover@new.example');
const regretful = createBrowser();
await regretful.register('regretful@example.com');
// An address that nobody has confirmed is given no way back.
await regretful.api().email.verify({ token: tokenFor('regretful@example.com') });
await regretful.api().account.changeEmail({ email: 'regretful@new.example', password });
await regretful.api().email.confirmChange({ token: tokenFor('regretful@new.example') });
link('email.revertChange', 'regretful@example.com');
app.deps.mailPlace = 'sent';
await createBrowser().api().auth.register({ email: 'waiting@example.com', password });
link('email.verify', 'waiting@example.com');
app.deps.mailPlace = 'local';
const leaving = createBrowser();
await leaving.register('leaving@example.com');
await leaving.api().account.delete({ password });
/** Written, sealed, not yet handed over, and still of use. */
const waiting = letters
  .filter(({ to, at, expiresAt = Infinity }) => to !== '' && expiresAt > now && now - at < 3 * DAY)
  .map(({ to }) => to);

/** @type {{ kind: string }[]} */
const notices = await app.deps.db.selectFrom('notices').select('kind').orderBy('id', 'desc').execute();
const unread = notices.map(({ kind }) => kind);

await app.deps.db.destroy();
await app.deps.hasher.close();
await vite.close();

const people = [
  { email: 'leaving@example.com', password },
  { email: 'ada@example.com', password, device: fresh.held.device, unread },
  ...IMPORTED.map(([, imported], index) => ({ email: `imported-${index}@example.com`, password: imported })),
];
writeFileSync(
  join(folder, `${name}.json`),
  `${JSON.stringify({ secret, now, people, holders, clients, links, waiting }, undefined, 2)}\n`,
);
