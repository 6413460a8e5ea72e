import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { procedureTypes } from '../../../server/trpc/router.ts';
import { outcomeOfCall } from '../../support/answers.ts';
import { inject } from '../../support/inject.ts';
import { sharedServer } from '../../support/listening.ts';
import { procedureFields } from '../../support/procedure-fields.ts';
import { expectUnharmed } from '../../support/unharmed.ts';

const server = sharedServer();

/** github.com/nst/JSONTestSuite: `n_` is no JSON, `y_` is, `i_` is for the reader to decide. */
const FOLDER = join(import.meta.dirname, '../../data/jsontestsuite/test_parsing');
const files = readdirSync(FOLDER).map((name) => ({
  name,
  bytes: new Uint8Array(readFileSync(join(FOLDER, name))),
}));

/** The whole body may be at most this long; two of the suite are longer. */
const LIMIT = 64 * 1024;
const MAX_URL = 15_000;

function post(path: string, body: Uint8Array<ArrayBuffer>): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  return fetch(`${server().base}/trpc/${path}`, { method: 'POST', body, headers });
}

describe('every text of JSONTestSuite', () => {
  test('is there', () => {
    expect(files.length).toBe(318);
  });

  test('is refused as the body of a sign-in, since none is one', async () => {
    for (const { name, bytes } of files) {
      const response = await post('auth.login', bytes);
      expect([name, response.status]).toEqual([name, bytes.length > LIMIT ? 413 : 400]);
      expect([name, await outcomeOfCall(response)]).toEqual([name, 'validation']);
    }
  });

  test('is refused as the body of every procedure that reads one', async () => {
    const ada = server().client();
    const { accessToken } = await ada.register('every@example.com');
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${accessToken}` };
    const paths = [...procedureFields].flatMap(([path, fields]) =>
      procedureTypes.get(path) === 'mutation' && fields.length > 0 ? [path] : [],
    );
    for (const [index, { name, bytes }] of files.entries()) {
      const isJson = !name.startsWith('n_') && bytes.length <= LIMIT;
      // Each goes to some of them: how it is read does not depend on the procedure.
      for (const path of paths.filter((_, place) => place % 4 === index % 4)) {
        const response = await inject(server(), `/trpc/${path}`, { headers, body: Buffer.from(bytes) });
        expect([path, name, await outcomeOfCall(response)]).toEqual([path, name, 'validation']);
        if (isJson) expect([path, name, response.status]).toEqual([path, name, 400]);
      }
    }
  });

  test('that is no JSON is refused even where no input is expected, and acts on nothing', async () => {
    const ada = server().client();
    await ada.register('json@example.com');
    const broken = files.filter(({ name, bytes }) => name.startsWith('n_') && bytes.length > 0);
    for (const { name, bytes } of broken) {
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${ada.bearer}` };
      const init = { method: 'POST', body: bytes, headers };
      const response = await fetch(`${server().base}/trpc/auth.logout`, init);
      expect([name, await outcomeOfCall(response)]).toEqual([name, 'validation']);
    }
    expect((await ada.query('auth.me')).status).toBe(200);
  });

  test('is refused in a batch', async () => {
    for (const { name, bytes } of files) {
      const body = new Uint8Array(Buffer.concat([Buffer.from('{"0":'), bytes, Buffer.from('}')]));
      const response = await post('auth.login?batch=1', body);
      expect([name, response.status]).toEqual([name, body.length > LIMIT ? 413 : 400]);
    }
  });

  test('as the input of a query is read or refused, never stumbled over', async () => {
    const ada = server().client();
    await ada.register('query@example.com');
    for (const { name, bytes } of files) {
      const input = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
      if (input.length > MAX_URL) continue;
      const own = await ada.query(`auth.me?input=${input}`);
      expect([name, await outcomeOfCall(own)]).toEqual([
        name,
        expect.stringMatching(/^(succeeded|validation)$/),
      ]);
      const mutation = await ada.query(`auth.login?input=${input}`);
      expect([name, [400, 405].includes(mutation.status)]).toEqual([name, true]);
      expect(await outcomeOfCall(mutation)).toBe('validation');
    }
  });
});

test('after all of this the server is unharmed', async () => {
  await server().client().register();
  await expectUnharmed(server());
});
