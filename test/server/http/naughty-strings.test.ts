import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { profileSchema } from '../../../shared/account.ts';
import { dataOf, outcomeOfCall } from '../../support/answers.ts';
import { sharedServer } from '../../support/listening.ts';
import { expectUnharmed } from '../../support/unharmed.ts';
import { GOOD_PASSWORD } from '../../support/world.ts';

const server = sharedServer();

/** github.com/minimaxir/big-list-of-naughty-strings. */
const FILE = join(import.meta.dirname, '../../data/blns/blns.json');
const strings = z.array(z.string()).parse(JSON.parse(readFileSync(FILE, 'utf8')));

/** As a header carries it: the bytes of its UTF-8. Undefined when HTTP itself forbids one of them. */
function asHeader(text: string): string | undefined {
  const bytes = Buffer.from(text, 'utf8').toString('latin1');
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(bytes) ? bytes : undefined;
}

const headers = strings.map(asHeader).filter((text) => text !== undefined);

/** Calls for each text, some at a time; returns how often each outcome came. */
async function tally(
  texts: string[],
  call: (text: string) => Promise<Response>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let start = 0; start < texts.length; start += 10) {
    const responses = await Promise.all(texts.slice(start, start + 10).map(call));
    for (const outcome of await Promise.all(responses.map(outcomeOfCall)))
      counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

describe('every naughty string', () => {
  test('is there, and most of them fit a header', () => {
    expect([strings.length, headers.length > 400]).toEqual([515, true]);
  });

  test('is refused as an address', async () => {
    const { client } = server();
    for (const path of ['auth.login', 'auth.register']) {
      const counts = await tally(strings, (email) =>
        client().mutate(path, { email, password: GOOD_PASSWORD }),
      );
      expect(counts).toEqual({ validation: strings.length });
    }
  });

  test('is refused as part of an address, or is one', async () => {
    const { client } = server();
    const addresses = strings.flatMap((text) => [
      `${text}@example.com`,
      `ada@${text}`,
      `ada@example.com${text}`,
    ]);
    const counts = await tally(addresses, (email) => client().mutate('auth.login', { email, password: 'x' }));
    expect(Object.keys(counts).toSorted()).toEqual(['invalid_credentials', 'validation']);
  });

  test('is some password: wrong, too weak, or good enough to sign in with', async () => {
    const { client } = server();
    const email = 'ada@example.com';
    const wrong = await tally(strings, (password) => client().mutate('auth.login', { email, password }));
    expect(Object.keys(wrong).toSorted()).toEqual(['invalid_credentials', 'validation']);

    const accepted: { email: string; password: string }[] = [];
    await tally(strings, async (password) => {
      const input = { email: `${crypto.randomUUID()}@example.com`, password };
      const response = await client().mutate('auth.register', input);
      if (response.status === 200) accepted.push(input);
      return response;
    });
    expect(accepted.length).toBeGreaterThan(50);
    const iterator = accepted.map(({ password }) => password);
    const again = await tally(iterator, (password) => {
      const known = accepted.find((input) => input.password === password);
      return client().mutate('auth.login', known);
    });
    expect(again).toEqual({ succeeded: accepted.length });
  });

  test('is shown as it was given, but for marks without width, when it is taken as a name', async () => {
    const ada = server().client();
    await ada.register('name@example.com');
    for (const name of strings) {
      const response = await ada.mutate('account.updateProfile', { name });
      if (response.status !== 200) expect(await outcomeOfCall(response)).toBe('validation');
      else expect((await dataOf(response, profileSchema)).name).toBe(shown(name));
    }
  });

  test('is refused as a scope, or gives none', async () => {
    const { client } = server();
    const input = { email: 'name@example.com', password: GOOD_PASSWORD };
    const counts = await tally(strings, (scope) => client().mutate('auth.login', { ...input, scope }));
    expect(Object.keys(counts).toSorted()).toEqual(['succeeded', 'validation']);
  });

  test('is no cookie and no token, and signs nobody out', async () => {
    const { client } = server();
    const cookies = headers.flatMap((text) => [`sallyport_refresh=${text}`, text]);
    const refreshes = await tally(cookies, (Cookie) =>
      client().mutate('auth.refresh', undefined, { Cookie }),
    );
    expect(Object.keys(refreshes).toSorted()).toEqual(['token_invalid', 'token_missing']);

    const tokens = headers.flatMap((text) => [`Bearer ${text}`, text]);
    const reads = await tally(tokens, (Authorization) => client().query('auth.me', { Authorization }));
    expect(Object.keys(reads).toSorted()).toEqual(['token_invalid', 'token_missing']);

    const counts = await tally(headers, (text) =>
      client().mutate('auth.logout', undefined, {
        Cookie: `sallyport_refresh=${text}`,
        Authorization: `Bearer ${text}`,
      }),
    );
    expect(counts).toEqual({ succeeded: headers.length });
  });

  test('is no origin, and a user agent that does no harm', async () => {
    const { client } = server();
    const given = headers.filter((text) => text.trim() !== '');
    expect(await tally(given, (Origin) => client().mutate('auth.logout', undefined, { Origin }))).toEqual({
      forbidden_origin: given.length,
    });
    const input = { email: 'name@example.com', password: GOOD_PASSWORD };
    const counts = await tally(headers, (text) =>
      client().mutate('auth.login', input, { 'User-Agent': text, 'X-Forwarded-For': text, Forwarded: text }),
    );
    expect(counts).toEqual({ succeeded: headers.length });
  });
});

test('after all of this the server is unharmed, and logged none of them', async () => {
  await server().client().register();
  await expectUnharmed(
    server(),
    strings.filter((text) => text.length > 20),
  );
});

function shown(name: string): string {
  return name
    .replaceAll(/[\u200b\u2060\ufeff]/g, '')
    .trim()
    .normalize('NFC');
}
