import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { procedureTypes } from '../../../server/trpc/router.ts';
import { batchOutcomesOf, outcomeOfCall } from '../../support/answers.ts';
import { sharedServer } from '../../support/listening.ts';
import { procedureFields } from '../../support/procedure-fields.ts';
import { exchangeOne } from '../../support/raw-http.ts';
import { expectUnharmed } from '../../support/unharmed.ts';

const server = sharedServer();
const runs = { numRuns: 300 };

const procedures = [...procedureFields.keys()];
const fields = [...new Set([...procedureFields.values()].flat())];

/**
 * Throws unless the answer is a success or a refusal with a reason, or a list of such: that is the property of every test
 * below. Any of them may come upon `?batch=1`.
 */
async function judge(response: Response): Promise<void> {
  if (response.status === 204) return;
  if (!(await response.clone().text()).startsWith('[')) return void (await outcomeOfCall(response));
  expect(await batchOutcomesOf(response)).not.toContain('internal');
}

describe('whatever is sent, the answer is a success or a refusal with a reason', () => {
  const key = fc.oneof(
    fc.constantFrom(...fields, '0', '1', 'json', 'meta', '__proto__', 'then', 'toJSON'),
    fc.string(),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: 'binary' }),
      fc.constantFrom('ada@example.com', 'a lantern for the long night', 'profile:read', '', null, true, 0),
      fc.double(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));

  test('any JSON value, as the input of any procedure', async () => {
    const { client } = server();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...procedures), value, async (path, input) => {
        await judge(await client().mutate(path, input));
      }),
      runs,
    );
  });

  test('any JSON object with the right fields', async () => {
    const { client } = server();
    // What only a person who is signed in may call would otherwise never read any of it.
    const { accessToken } = await client().register('fuzz@example.com');
    const headers = { Authorization: `Bearer ${accessToken}` };
    const call = fc
      .constantFrom(...[...procedureFields].filter(([, names]) => names.length > 0))
      .chain(([path, names]) =>
        fc.tuple(
          fc.constant(path),
          fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(call, async ([path, input]) => {
        const isQuery = procedureTypes.get(path) !== 'mutation';
        const query = `${path}?input=${encodeURIComponent(Buffer.from(JSON.stringify(input)).toString())}`;
        await judge(await (isQuery ? client().query(query, headers) : client().mutate(path, input, headers)));
      }),
      runs,
    );
  });

  test('any JSON value, as the query of any procedure', async () => {
    const { client } = server();
    const parameter = fc.constantFrom(
      'input',
      'batch',
      'connectionParams',
      'lastEventId',
      '__proto__',
      'input[]',
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...procedures), parameter, value, async (path, name, input) => {
        const json = Buffer.from(JSON.stringify(input), 'utf8').toString();
        await judge(await client().query(`${path}?${name}=${encodeURIComponent(json)}`));
      }),
      runs,
    );
  });

  test('any bytes, as a body', async () => {
    const { base } = server();
    const bytes = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...procedures), bytes, async (path, body) => {
        const init = { method: 'POST', body, headers: { 'Content-Type': 'application/json' } };
        await judge(await fetch(`${base}/trpc/${path}`, init));
      }),
      runs,
    );
  });

  test('any path under /trpc, by any method', async () => {
    const { port } = server();
    await judge(await fetch(`http://127.0.0.1:${port}/trpc/auth.me?batch=1`));
    const symbols = '.. . , % %25 %2e %2f %00 %ff ? & = # ; // ~ *'.split(' ');
    const words = 'batch=1 input= __proto__ constructor hasOwnProperty then :path'.split(' ');
    const visible = fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCodePoint(code));
    const piece = fc.oneof(
      fc.constantFrom(...procedures, ...symbols, ...words),
      fc.string({ unit: visible, maxLength: 8 }),
    );
    const method = fc.constantFrom(...'GET POST PUT DELETE PATCH TRACE PROPFIND SEARCH MKCOL'.split(' '));
    const path = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    await fc.assert(
      fc.asyncProperty(method, path, async (verb, text) => {
        const head = `${verb} /trpc/${text} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: */*\r\n\r\n`;
        const { status, body } = await exchangeOne(port, head);
        await judge(new Response(body, { status }));
      }),
      runs,
    );
  });

  test('any batch', async () => {
    const { base } = server();
    const name = fc.constantFrom(...procedures, '', 'auth', 'toString');
    const paths = fc.array(name, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(paths, value, async (names, input) => {
        const init = {
          method: 'POST',
          body: JSON.stringify(input),
          headers: { 'Content-Type': 'application/json' },
        };
        const response = await fetch(`${base}/trpc/${names.join(',')}?batch=1`, init);
        if (!(await response.clone().text()).startsWith('[')) return judge(response);
        const outcomes = await batchOutcomesOf(response);
        expect(outcomes.length).toBe(names.length);
        expect(outcomes).not.toContain('internal');
      }),
      runs,
    );
  });
});

beforeAll(async () => {
  await server().client().register();
});

afterAll(() => expectUnharmed(server()));
