import { expect, test } from 'vitest';
import { z } from 'zod';
import { errorDataSchema } from '../../../shared/reasons.ts';
import { sharedServer } from '../../support/listening.ts';

const server = sharedServer({ ALLOWED_ORIGINS: 'https://app.example.com' });
const failed = z.object({ error: z.object({ data: errorDataSchema }) });

async function post(path: string, body: Uint8Array<ArrayBuffer> | undefined, type?: string) {
  const response = await fetch(`${server().base}/trpc/${path}`, {
    method: 'POST',
    ...(body && { body }),
    headers: type === undefined ? {} : { 'Content-Type': type },
  });
  return { status: response.status, response, body: await response.json() };
}

/** As bytes; `\xff` stands for itself, which is no UTF-8. */
function registration(password: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(`{"email":"byte@example.com","password":"${password}"}`, 'latin1'));
}

test('a byte that is no UTF-8 is refused: decoded, it would be the same as any other such byte', async () => {
  const { status, body } = await post(
    'auth.register',
    registration('a lantern \xff the night'),
    'application/json',
  );
  expect([status, failed.parse(body).error.data.reason]).toEqual([400, 'validation']);
});

test.each([
  ['application/json', 200],
  ['application/json; charset=utf-8', 200],
  ['application/json;charset="UTF-8"', 200],
  ['application/json;', 200],
  ['application/json; charset=utf-8; v=1', 200],
  ['application/json; v=1; charset=utf-16', 415],
  ['application/json; charset=utf-16', 415],
  ['application/json; charset=utf-8859', 415],
  ['application/json; charset=iso-8859-1', 415],
  ['application/jsonp', 415],
])('a body of type %s is answered with %i', async (type, status) => {
  expect((await post('auth.logout', Uint8Array.from(Buffer.from('{}')), type)).status).toBe(status);
});

test.each(['auth.login,auth.me?batch=1', 'auth.nothing', `${'auth.logout,'.repeat(10)}auth.logout?batch=1`])(
  'what is refused before a procedure is found carries the id of its request: %s',
  async (path) => {
    const { response, body } = await post(path, Uint8Array.from(Buffer.from('{}')), 'application/json');
    const [answer] = z.union([failed.transform((one) => [one]), z.array(failed)]).parse(body);
    expect(answer?.error.data.requestId).toBe(response.headers.get('x-request-id'));
  },
);

test.each(['auth.me', 'auth.me?batch=1'])('what CORS answers by stands in Vary: %s', async (path) => {
  const response = await fetch(`${server().base}/trpc/${path}`, {
    headers: { Origin: 'https://app.example.com' },
  });
  expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
  expect(response.headers.get('vary')).toBe('trpc-accept, accept, Origin');
});
