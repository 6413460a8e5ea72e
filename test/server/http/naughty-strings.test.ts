import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { profileSchema, signedInSchema } from '../../../shared/account.ts';
import { sessionSchema } from '../../../shared/session.ts';
import { withoutUnshowable } from '../../../shared/text.ts';
import { procedureTypes } from '../../../server/trpc/router.ts';
import { batchOutcomesOf, dataOf, outcomeOfCall } from '../../support/answers.ts';
import { inject } from '../../support/inject.ts';
import { sharedServer } from '../../support/listening.ts';
import {
  addClient,
  basicOf,
  basicText,
  PASSWORD_FORM,
  FORM,
  verdictOf,
  type ShownClient,
} from '../../support/oauth.ts';
import { procedureFields } from '../../support/procedure-fields.ts';
import { readConfusables, readForms } from '../../support/unicode-data.ts';
import { expectUnharmed } from '../../support/unharmed.ts';
import { GOOD_PASSWORD } from '../../support/world.ts';

// A proxy is trusted, so that what it says of addresses counts too.
const server = sharedServer({ TRUST_PROXY: '127.0.0.1' });

/** github.com/minimaxir/big-list-of-naughty-strings. */
const FILE = join(import.meta.dirname, '../../data/blns/blns.json');
const strings = z.array(z.string()).parse(JSON.parse(readFileSync(FILE, 'utf8')));

/** Texts with more than one form, and characters that look like others; a fifth of each is enough here. */
const unicode = [...readForms().map(({ source }) => source), ...readConfusables().map(([text]) => text)]
  .filter((_, index) => index % 5 === 0)
  .map((text) => `Ada ${text} Lovelace`);

/** As a header carries it: the bytes of its UTF-8. Undefined when HTTP itself forbids one of them. */
function asHeader(text: string): string | undefined {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(bytes) ? bytes : undefined;
}

const headers = strings.map(asHeader).filter((text) => text !== undefined);

/** Runs for each text, some at a time; returns how often each outcome came. */
async function tally(
  texts: string[],
  run: (text: string) => Promise<string>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let start = 0; start < texts.length; start += 10) {
    for (const outcome of await Promise.all(texts.slice(start, start + 10).map(run)))
      counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

/** Of a call of a procedure. */
const outcomeOf = async (path: string, sent?: Parameters<typeof inject>[2]) =>
  outcomeOfCall(await inject(server(), `/trpc/${path}`, sent));

/** What each of these inputs comes to: ten in a call, as many as one may have. */
async function outcomesOf(
  path: string,
  inputs: object[],
  headers: Record<string, string> = {},
): Promise<string[]> {
  const outcomes: string[] = [];
  for (let start = 0; start < inputs.length; start += 10) {
    const body = Object.fromEntries(inputs.slice(start, start + 10).entries());
    const batch = `/trpc/${Object.keys(body)
      .map(() => path)
      .join()}?batch=1`;
    const response =
      procedureTypes.get(path) === 'mutation'
        ? await inject(server(), batch, { headers, body })
        : await inject(server(), `${batch}&input=${encodeURIComponent(JSON.stringify(body))}`, {
            method: 'GET',
            headers,
          });
    outcomes.push(...(await batchOutcomesOf(response)));
  }
  return outcomes;
}

const keys = (counts: Record<string, number>) => Object.keys(counts).toSorted();

let service: ShownClient;
beforeAll(async () => {
  await server().client().register();
  service = await addClient(server());
});

describe('every naughty string in any field of any procedure', () => {
  /** Of every field a value that is taken. A new field has to be added here. */
  const USUAL: Record<string, string> = {
    email: 'ada@example.com',
    password: 'not the password of anybody',
    currentPassword: 'not the password of anybody',
    newPassword: GOOD_PASSWORD,
    name: 'Ada',
    scope: 'profile:read',
    id: '019ac000-0000-7000-8000-000000000000',
    before: '019ac000-0000-7000-8000-000000000000',
    token: 'A'.repeat(43),
  };

  /** What comes of it; nothing else. */
  const OUTCOMES: Record<string, string[]> = {
    email: ['validation'],
    password: ['invalid_credentials', 'token_invalid', 'validation'],
    currentPassword: ['invalid_credentials', 'validation'],
    newPassword: ['invalid_credentials', 'validation', 'weak_password'],
    name: ['conflict', 'succeeded', 'validation'],
    scope: ['invalid_credentials', 'validation'],
    id: ['validation'],
    before: ['validation'],
    token: ['token_invalid', 'validation'],
  };

  const fields = [...procedureFields].flatMap(([path, names]) => names.map((name) => [path, name] as const));

  test.each(fields.filter((field) => field.join() !== 'auth.register,password'))(
    '%s, %s',
    async (path, field) => {
      const { accessToken } = await server().client().signIn();
      const headers = { Authorization: `Bearer ${accessToken}` };
      const usual = Object.fromEntries((procedureFields.get(path) ?? []).map((name) => [name, USUAL[name]]));
      // What comes to a hash computation is slow. Every one of them is a password of a sign-in and of a registration.
      const isSlow = (/password$/i.test(field) && path !== 'auth.login') || path === 'auth.register';
      const texts = strings.filter((_, index) => !isSlow || index % 5 === 0);
      const outcomes = await outcomesOf(
        path,
        texts.map((text) => ({ ...usual, [field]: text })),
        headers,
      );
      expect(outcomes.filter((outcome) => !OUTCOMES[field]?.includes(outcome))).toEqual([]);
      expect(outcomes).toContain('validation');
    },
  );
});

describe('every naughty string', () => {
  test('is there, and most of them fit a header', () => {
    expect([strings.length, headers.length > 400, unicode.length > 250]).toEqual([515, true, true]);
  });

  test('is refused as part of an address, or is one', async () => {
    const addresses = strings.flatMap((text) => [
      `${text}@example.com`,
      `ada@${text}`,
      `ada@example.com${text}`,
    ]);
    const inputs = addresses.map((email) => ({ email, password: 'x' }));
    const outcomes = new Set(await outcomesOf('auth.login', inputs));
    expect([...outcomes].toSorted()).toEqual(['invalid_credentials', 'validation']);
  });

  test('is some password: too weak, or good enough to sign in with', async () => {
    const inputs = [...strings, ...unicode].map((password, index) => ({
      email: `password${index}@example.com`,
      password,
    }));
    const outcomes = await outcomesOf('auth.register', inputs);
    expect([...new Set(outcomes)].toSorted()).toEqual(['succeeded', 'validation', 'weak_password']);
    const again = inputs
      .filter((_, index) => outcomes[index] === 'succeeded')
      .map(({ email, password }) => ({ email, password: password.normalize('NFKD') }));
    expect(again.length).toBeGreaterThan(300);
    expect([...new Set(await outcomesOf('auth.login', again))]).toEqual(['succeeded']);
  });

  test('is kept and shown as it was given, but for marks without width, when it is taken as a name', async () => {
    const { accessToken } = await server().client().register('name@example.com');
    const headers = { Authorization: `Bearer ${accessToken}` };
    let taken = 0;
    for (const name of [...strings, ...unicode]) {
      const response = await inject(server(), '/trpc/account.updateProfile', { headers, body: { name } });
      if (response.status !== 200) {
        expect(await outcomeOfCall(response)).toBe('validation');
        continue;
      }
      taken += 1;
      const me = await inject(server(), '/trpc/auth.me', { method: 'GET', headers });
      expect((await dataOf(response, profileSchema)).name).toBe(shown(name));
      expect((await dataOf(me, profileSchema)).name).toBe(shown(name));
    }
    expect(taken).toBeGreaterThan(600);
  });

  test('is no cookie, no token and no proof, and signs nobody out', async () => {
    const send = (path: string, all: Record<string, string>) => outcomeOf(path, { headers: all });
    const cookies = headers.flatMap((text) => [
      `sallyport_refresh=${text}`,
      `sallyport_device=${text}`,
      text,
    ]);
    const refreshes = await tally(cookies, (Cookie) => send('auth.refresh', { Cookie }));
    expect(keys(refreshes)).toEqual(['token_invalid', 'token_missing']);

    const tokens = headers.flatMap((text) => [`Bearer ${text}`, `DPoP ${text}`, text]);
    const reads = await tally(tokens, (Authorization) =>
      send('sessions.revokeOthers', { Authorization, DPoP: Authorization }),
    );
    expect(keys(reads)).toEqual(['token_invalid', 'token_missing']);

    const counts = await tally(headers, (text) =>
      send('auth.logout', { Cookie: `sallyport_refresh=${text}`, Authorization: `Bearer ${text}` }),
    );
    expect(counts).toEqual({ succeeded: headers.length });
  });

  test('is no origin', async () => {
    const given = headers.filter((text) => text.trim() !== '');
    const counts = await tally(given, (Origin) => outcomeOf('auth.logout', { headers: { Origin } }));
    expect(counts).toEqual({ forbidden_origin: given.length });
  });

  test('is a browser whose name is kept and shown as text, and an address that does no harm', async () => {
    const body = { email: 'name@example.com', password: GOOD_PASSWORD };
    for (const text of strings.filter((_, index) => index % 2 === 0)) {
      const header = asHeader(text)?.replaceAll(/^[\t ]+|[\t ]+$/g, '');
      if (header === undefined) continue;
      const claimed = { 'User-Agent': header, 'X-Forwarded-For': header, Forwarded: header };
      const signedIn = await dataOf(
        await inject(server(), '/trpc/auth.login', { headers: claimed, body }),
        signedInSchema,
      );
      const own = { Authorization: `Bearer ${signedIn.accessToken}` };
      const list = await inject(server(), '/trpc/sessions.list', { method: 'GET', headers: own });
      const sessions = await dataOf(list, z.array(sessionSchema));
      const { userAgent, device, ip } = sessions.find(({ current }) => current) ?? {};
      const sent = Buffer.from(header, 'latin1').toString();
      expect(userAgent).toBe(withoutUnshowable(sent.slice(0, 200)));
      expect([device, ip].map((part) => withoutUnshowable(part ?? ''))).toEqual([device, ip]);
      await outcomeOf('auth.logout', { headers: own });
    }
  });

  test('is answered with an error of OAuth, or with tokens, in any field of any form', async () => {
    const forms: [path: string, field: string, form: Record<string, string>][] = [
      ['token', 'grant_type', PASSWORD_FORM],
      ['token', 'username', PASSWORD_FORM],
      ['token', 'password', PASSWORD_FORM],
      ['token', 'scope', PASSWORD_FORM],
      ['token', 'client_id', PASSWORD_FORM],
      ['token', 'client_secret', PASSWORD_FORM],
      ['token', 'refresh_token', { grant_type: 'refresh_token' }],
      ['revoke', 'token', {}],
      ['introspect', 'token', {}],
    ];
    for (const [index, [path, field, form]] of forms.entries()) {
      const all = { ...FORM, ...(field.startsWith('client_') ? {} : basicOf(service)) };
      const texts = strings.filter((_, place) => place % 3 === index % 3);
      const counts = await tally(texts, (text) =>
        verdictOfForm(path, all, new URLSearchParams({ ...form, [field]: text })),
      );
      for (const verdict of keys(counts)) expect([path, field, verdict]).toEqual([path, field, VERDICT]);
    }
  });

  test('is no client and no proof at an endpoint of OAuth', async () => {
    const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x' });
    for (const headersOf of [
      (text: string) => basicText(text),
      (text: string) => basicText(`${text}:x`),
      (text: string) => ({ Authorization: text }),
      (text: string) => ({ DPoP: text }),
    ]) {
      const counts = await tally(headers, (text) =>
        verdictOfForm('token', { ...FORM, ...headersOf(text) }, form),
      );
      for (const verdict of keys(counts)) expect(verdict).toEqual(VERDICT);
    }
  });

  const verdictOfForm = async (path: string, all: Record<string, string>, form: URLSearchParams) =>
    verdictOf(await inject(server(), `/oauth/${path}`, { headers: all, body: form.toString() }));
});

const VERDICT: unknown = expect.stringMatching(/^(200|40[01] [a-z_]+)$/);

afterAll(() =>
  // After all of this the server is unharmed, and logged none of them.
  expectUnharmed(
    server(),
    strings.filter((text) => text.length > 20),
  ),
);

function shown(name: string): string {
  return name
    .replaceAll(/[\u200b\u2060\ufeff]/g, '')
    .trim()
    .normalize('NFC');
}
