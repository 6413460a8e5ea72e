import { beforeAll, describe, expect, test } from 'vitest';
import { alterAccount } from '../../support/accounts.ts';
import { outcomeOfCall } from '../../support/answers.ts';
import { listen, sharedServer } from '../../support/listening.ts';
import {
  addClient,
  basicOf,
  PASSWORD_FORM,
  post,
  refreshThrough,
  signInThrough,
  tokensOf,
  userinfoVerdict,
  verdictOf,
  type FormInput,
} from '../../support/oauth.ts';

// RFC 6749 §5.2, and every way to get there.

const server = sharedServer();
beforeAll(() => server().client().register());

const ask = (form: FormInput) => post(server(), 'token', { form });
const without = (name: keyof typeof PASSWORD_FORM) =>
  Object.fromEntries(Object.entries(PASSWORD_FORM).filter(([key]) => key !== name));

describe('parameters', () => {
  test.each([
    ['nothing at all', '', '400 invalid_request'],
    ['no grant_type', without('grant_type'), '400 invalid_request'],
    ['an empty grant_type', { ...PASSWORD_FORM, grant_type: '' }, '400 invalid_request'],
    ['no username', without('username'), '400 invalid_request'],
    ['an empty username', { ...PASSWORD_FORM, username: '' }, '400 invalid_request'],
    ['no password', without('password'), '400 invalid_request'],
    ['an empty password', { ...PASSWORD_FORM, password: '' }, '400 invalid_request'],
    ['no refresh token', { grant_type: 'refresh_token' }, '400 invalid_request'],
    ['an empty refresh token', { grant_type: 'refresh_token', refresh_token: '' }, '400 invalid_request'],
    [
      'the parameters of another grant',
      { grant_type: 'password', refresh_token: 'x' },
      '400 invalid_request',
    ],
    ['a username of two lines', { ...PASSWORD_FORM, username: 'ada@example.com\r\n' }, '400 invalid_request'],
    ['a username of 255 characters', { ...PASSWORD_FORM, username: 'a'.repeat(255) }, '400 invalid_request'],
    ['a NUL in the password', { ...PASSWORD_FORM, password: 'a\0b' }, '400 invalid_request'],
    [
      'a password of 1025 characters',
      { ...PASSWORD_FORM, password: 'a'.repeat(1025) },
      '400 invalid_request',
    ],
    [
      'a refresh token outside ASCII',
      { grant_type: 'refresh_token', refresh_token: 'spr_ä' },
      '400 invalid_request',
    ],
    [
      'a refresh token that is none',
      { grant_type: 'refresh_token', refresh_token: 'x' },
      '400 invalid_grant',
    ],
    ['a client_id outside ASCII', { ...PASSWORD_FORM, client_id: 'ä' }, '401 invalid_client'],
    ['an unknown parameter', { ...PASSWORD_FORM, device_id: 'x' }, '200'],
    ['parameters of whatever name', { ...PASSWORD_FORM, __proto__x: '1', constructor: '1' }, '200'],
    ['an empty scope, which is none', { ...PASSWORD_FORM, scope: '' }, '200'],
    ['an empty client_id, which is none', { ...PASSWORD_FORM, client_id: '' }, '200'],
    ['an empty client_secret, which is none', { ...PASSWORD_FORM, client_secret: '' }, '200'],
    ['a parameter without a value', `scope&${new URLSearchParams(PASSWORD_FORM).toString()}`, '200'],
    ['separators around nothing', `&&${new URLSearchParams(PASSWORD_FORM).toString()}&`, '200'],
  ] satisfies [string, FormInput, string][])('%s', async (_, form, expected) => {
    expect(await verdictOf(await ask(form))).toBe(expected);
  });

  const once = new URLSearchParams({
    ...PASSWORD_FORM,
    scope: 'profile:read',
    client_id: 'sallyport',
    x: '1',
  });
  test.each([
    ...[...once].map(([name, value]) => [name, new URLSearchParams([[name, value]]).toString()]),
    ['grant_type, with another value', 'grant_type=refresh_token'],
    ['username, with another value', 'username=eve@example.com'],
    ['scope, without a value', 'scope='],
    ['scope, without even a sign', 'scope'],
    ['username, spelled with an escape', 'user%6eame=eve@example.com'],
    ['an empty one, twice', 'a=&a='],
    ['__proto__', '__proto__=1&__proto__=1'],
  ])('%s may stand once only', async (_, again) => {
    expect(await verdictOf(await ask(once.toString()))).toBe('200');
    expect(await verdictOf(await ask(`${once.toString()}&${again}`))).toBe('400 invalid_request');
    expect(await verdictOf(await ask(`${again}&${once.toString()}`))).toBe('400 invalid_request');
  });
});

describe('a grant type', () => {
  test.each([
    'authorization_code',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:device_code',
    'Password',
    'password ',
    'refresh-token',
    '__proto__',
    'constructor',
    'toString',
  ])('%s is not offered here', async (grantType) => {
    const answer = await ask({ ...PASSWORD_FORM, refresh_token: 'x', grant_type: grantType });
    expect(await verdictOf(answer)).toBe('400 unsupported_grant_type');
  });

  test('that the client may not use is refused, whatever comes with it', async () => {
    const byPassword = await addClient(server(), { grants: ['password'] });
    const byRefresh = await addClient(server(), { grants: ['refresh_token'] });
    const none = await addClient(server(), { grants: [] });
    const refresh = { grant_type: 'refresh_token', refresh_token: 'x' };
    const verdict = async (form: FormInput, client: typeof none) =>
      verdictOf(await post(server(), 'token', { form, headers: basicOf(client) }));
    expect(await verdict(PASSWORD_FORM, byPassword)).toBe('200');
    expect(await verdict(refresh, byPassword)).toBe('400 unauthorized_client');
    expect(await verdict(PASSWORD_FORM, byRefresh)).toBe('400 unauthorized_client');
    expect(await verdict(refresh, byRefresh)).toBe('400 invalid_grant');
    expect(await verdict(PASSWORD_FORM, none)).toBe('400 unauthorized_client');
    expect(await verdict(refresh, none)).toBe('400 unauthorized_client');
    expect(await verdict({ ...PASSWORD_FORM, grant_type: 'implicit' }, none)).toBe(
      '400 unsupported_grant_type',
    );
  });

  test('password can be switched off as a whole, and our own pages sign in all the same', async () => {
    const closed = await listen({ PASSWORD_GRANT: 'off' });
    const ada = closed.client();
    await ada.register();
    const service = await addClient(closed);
    for (const headers of [{}, basicOf(service)])
      expect(await verdictOf(await post(closed, 'token', { form: PASSWORD_FORM, headers }))).toBe(
        '400 unsupported_grant_type',
      );
    expect(await grantTypesOf(closed.base)).toEqual(['refresh_token']);
    expect(await grantTypesOf(server().base)).toEqual(['password', 'refresh_token']);
    await ada.signIn();
    expect(await outcomeOfCall(await ada.query('auth.me'))).toBe('succeeded');
    const [, token = ''] = ada.cookie?.split('=') ?? [];
    expect(await verdictOf(await refreshThrough(closed, undefined, { refresh_token: token }))).toBe('200');
  });
});

async function grantTypesOf(base: string): Promise<unknown> {
  const response = await fetch(`${base}/.well-known/oauth-authorization-server`);
  // Boundary: the document's own test checks it member by member.
  return ((await response.json()) as Record<string, unknown>)['grant_types_supported'];
}

const thousand = Array.from({ length: 1000 }, (_, index) => `scope:${index}`).join(' ');

describe('a scope', () => {
  test.each([
    ['that is unknown', 'mail:read'],
    ['in another case', 'Profile:Read'],
    ['in quotes', '"profile:read"'],
    ['with a backslash', 'profile:read\\'],
    ['with two spaces', 'profile:read  profile:write'],
    ['with a space before it', ' profile:read'],
    ['with a space behind it', 'profile:read '],
    ['of a space', ' '],
    ['with a tab', 'profile:read\tprofile:write'],
    ['with a comma', 'profile:read,profile:write'],
    ['outside ASCII', 'profile:réad'],
    ['with a NUL', 'profile:read\0'],
    ['of a name that every object has', 'constructor __proto__ toString'],
    ['a thousand times unknown', thousand],
  ])('%s is invalid_scope', async (_, scope) => {
    expect(await verdictOf(await ask({ ...PASSWORD_FORM, scope }))).toBe('400 invalid_scope');
  });

  test.each([
    ['that is known among a thousand that are not', `${thousand} profile:read`, 'profile:read'],
    ['that stands twice', 'profile:read profile:read', 'profile:read'],
    ['in another order', 'profile:write profile:read', 'profile:read profile:write'],
  ])('%s is granted, and nothing else', async (_, scope, granted) => {
    expect((await tokensOf(await ask({ ...PASSWORD_FORM, scope }))).scope).toBe(granted);
  });

  test('is refused before the password is looked at', async () => {
    const { hasher } = server().app.deps;
    const before = hasher.computations();
    await ask({ ...PASSWORD_FORM, scope: 'mail:read' });
    expect(hasher.computations()).toBe(before);
  });
});

describe('refreshing', () => {
  test('with more scope than was granted is refused, and does not use the token up', async () => {
    const { refreshToken } = await signInThrough(server(), undefined, { scope: 'profile:read' });
    for (const scope of ['profile:read profile:write', 'profile:write', 'mail:read', '"', 'profile:read ']) {
      const answer = await refreshThrough(server(), undefined, { refresh_token: refreshToken, scope });
      expect(await verdictOf(answer), scope).toBe('400 invalid_scope');
    }
    // Were it used up, it would be a reuse by now.
    server().clock.advance(60_000);
    const next = await tokensOf(await refreshThrough(server(), undefined, { refresh_token: refreshToken }));
    expect(next.scope).toBe('profile:read');
  });

  test('with less scope narrows that access token only', async () => {
    const { refreshToken } = await signInThrough(server(), undefined);
    const narrow = await tokensOf(
      await refreshThrough(server(), undefined, { refresh_token: refreshToken, scope: 'profile:write' }),
    );
    expect(narrow.scope).toBe('profile:write');
    expect(await userinfoVerdict(server(), narrow.access_token)).toBe('403 insufficient_scope');
    const whole = await tokensOf(
      await refreshThrough(server(), undefined, { refresh_token: narrow.refresh_token ?? '' }),
    );
    expect(whole.scope).toBe('profile:read profile:write');
    expect(await userinfoVerdict(server(), whole.access_token)).toBe('200');
  });
});

test('whatever was wrong with name and password, the answer is the same, and so is the work', async () => {
  const own = await listen();
  const changes: Record<string, Parameters<typeof alterAccount>[2]> = {
    'known@example.com': { name: 'known' },
    'disabled@example.com': { disabled_at: 1 },
    'passwordless@example.com': { password_hash: null },
  };
  for (const [email, change] of Object.entries(changes)) {
    await own.client().register(email);
    await alterAccount(own, email, change);
  }
  const { hasher } = own.app.deps;
  const trace = async (form: Record<string, string>) => {
    const before = hasher.computations();
    const response = await post(own, 'token', { form: { ...PASSWORD_FORM, ...form } });
    const body = await response.text();
    const headers = Object.fromEntries(response.headers);
    for (const name of ['date', 'x-request-id']) delete headers[name];
    return { status: response.status, body, headers, computations: hasher.computations() - before };
  };
  const unknown = await trace({ username: 'unknown@example.com' });
  expect(unknown).toMatchObject({ status: 400, computations: 1 });
  expect(JSON.parse(unknown.body)).toMatchObject({ error: 'invalid_grant' });
  expect(await trace({ username: 'known@example.com', password: 'wrong' })).toEqual(unknown);
  // The right password of an account that may not sign in is answered like a wrong one.
  for (const username of ['disabled@example.com', 'passwordless@example.com'])
    expect(await trace({ username }), username).toEqual(unknown);
  // No account can have such a name: who sent it knows that it is no address, and nothing is given away by time.
  for (const username of ['ada', 'a@b@c', '@', 'ada@example.com,eve@example.com'])
    expect(await trace({ username }), username).toEqual({ ...unknown, computations: 0 });
});
