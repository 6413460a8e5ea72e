import { expect, onTestFinished, test, vi } from 'vitest';
import { listSessions } from '../../support/accounts.ts';
import { outcomeOfCall } from '../../support/answers.ts';
import { listen, type Listening } from '../../support/listening.ts';
import type { WebClient } from '../../support/web-client.ts';

/** Reads the stream event by event, as a browser would. */
async function open(client: WebClient) {
  const response = await client.query('sessions.live');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Error('no body');
  let text = '';
  onTestFinished(() => reader.cancel());
  return {
    response,
    leave: () => reader.cancel(),
    /** Everything up to what is waited for; undefined when the stream ends before. */
    async until(pattern: RegExp): Promise<string | undefined> {
      for (;;) {
        if (pattern.test(text)) return text;
        const { done, value } = await reader.read();
        if (done) return undefined;
        text += value;
      }
    },
  };
}

async function signedIn(): Promise<{ server: Listening; client: WebClient }> {
  const server = await listen();
  const client = server.client();
  await client.register();
  return { server, client };
}

const streams = async ({ app }: Listening) =>
  app.deps.changes.count((await listSessions({ app }))[0]?.id ?? '');

test('the stream is server-sent events, kept out of every cache and buffer', async () => {
  const { client } = await signedIn();
  const stream = await open(client);
  const { response } = stream;
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  expect(await stream.until(/"kind":"notices"/)).toContain('{"kind":"notices","notices":[]}');
});

test('an end elsewhere arrives unasked, and ends the stream', async () => {
  const { server, client } = await signedIn();
  const stream = await open(client);
  await stream.until(/notices/);
  const phone = server.client();
  await phone.signIn();
  await phone.mutate('sessions.revokeOthers');
  expect(await stream.until(/"kind":"ended"/)).toContain('{"kind":"ended","reason":"ended_elsewhere"}');
  expect(await stream.until(/never/)).toBeUndefined();
});

test('a token in the URL opens nothing: it would stand in every log on the way', async () => {
  const { server, client } = await signedIn();
  const token = encodeURIComponent(JSON.stringify({ token: client.bearer }));
  for (const query of [
    `connectionParams=${token}`,
    `access_token=${client.bearer}`,
    `input=${token}`,
    `authorization=Bearer%20${client.bearer}`,
  ])
    expect(await outcomeOfCall(await server.client().query(`sessions.live?${query}`))).toBe('token_missing');
});

test('the cookie alone opens nothing', async () => {
  const { client } = await signedIn();
  client.bearer = undefined;
  expect(await outcomeOfCall(await client.query('sessions.live'))).toBe('token_missing');
});

test('a reader that goes away leaves nothing behind', async () => {
  const { server, client } = await signedIn();
  const stream = await open(client);
  await stream.until(/notices/);
  expect(await streams(server)).toBe(1);
  await stream.leave();
  await vi.waitUntil(async () => (await streams(server)) === 0, { timeout: 20_000 });
});

test('a stop ends every stream at once instead of waiting for it', async () => {
  const { server, client } = await signedIn();
  const stream = await open(client);
  await stream.until(/notices/);
  await server.app.close();
  expect(await stream.until(/never/)).toBeUndefined();
});

test('it is opened by GET alone, and not within a batch', async () => {
  const { client } = await signedIn();
  expect((await client.mutate('sessions.live', {})).status).toBe(405);
  const batch = await client.query('auth.me,sessions.live?batch=1');
  expect([batch.status, await batch.text()]).toEqual([400, expect.stringContaining('"validation"')]);
});
