import { expect, test } from 'vitest';
import { createOpenStream } from '../../../client/lib/api/live-stream.ts';
import { readFailure } from '../../../client/lib/failure.ts';
import type { LiveEvent } from '../../../shared/session.ts';
import { NOTICE } from '../support/streams.ts';

type Answer = (body: ReadableStreamDefaultController<Uint8Array>) => void;

/** A stream over a server that writes what `answer` says; `requests` is what it was asked. */
function setUp(answer: Answer, status = 200) {
  const requests: { url: string; headers: Headers; signal: AbortSignal | null | undefined }[] = [];
  const openStream = createOpenStream({
    url: 'http://localhost/trpc',
    fetch: async (input, init) => {
      const url = input instanceof Request ? input.url : `${input}`;
      requests.push({ url, headers: new Headers(init?.headers), signal: init?.signal });
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          init?.signal?.addEventListener('abort', () => controller.error(new DOMException('', 'AbortError')));
          answer(controller);
        },
      });
      return new Response(body, { status, headers: { 'content-type': 'text/event-stream' } });
    },
  });
  const heard: LiveEvent[] = [];
  const leaving = new AbortController();
  const stream = openStream('token-1', {
    signal: leaving.signal,
    hear: (event) => void heard.push(event),
  });
  return { requests, heard, stream, close: () => leaving.abort() };
}

const bytes = (text: string) => new TextEncoder().encode(text);
const CONNECTED = bytes('event: connected\ndata: {}\n\n');
const RETURN = bytes('event: return\ndata: \n\n');
const event = (data: LiveEvent) => bytes(`data: ${JSON.stringify(data)}\n\n`);
const error = (code: number, reason: string) =>
  bytes(
    `event: serialized-error\ndata: ${JSON.stringify({ message: reason, code, data: { reason, retryAfter: 7 } })}\n\n`,
  );

test('the token travels in the header and not in the address', async () => {
  const { requests, stream } = setUp((body) => body.enqueue(RETURN));
  await stream;
  expect(requests.map(({ url }) => url)).toEqual(['http://localhost/trpc/sessions.live']);
  expect(requests[0]?.headers.get('authorization')).toBe('Bearer token-1');
});

test('what the server says is heard in order, until it closes the stream', async () => {
  const events: LiveEvent[] = [
    { kind: 'notices', notices: [NOTICE] },
    { kind: 'ended', reason: 'reuse' },
  ];
  const { heard, stream, requests } = setUp((body) => {
    for (const chunk of [CONNECTED, ...events.map(event), RETURN]) body.enqueue(chunk);
  });
  await stream;
  expect(heard).toEqual(events);
  expect(requests[0]?.signal?.aborted, 'the connection is given back').toBe(true);
});

test.each([
  ['token_expired', -32_001],
  ['session_revoked', -32_001],
  ['throttled', -32_029],
  ['busy', -32_603], // one of those that the library would try again by itself
  ['internal', -32_603],
])('a stream that is refused with %s fails with it, and is not tried again', async (reason, code) => {
  const { stream, requests } = setUp((body) => {
    body.enqueue(CONNECTED);
    body.enqueue(error(code, reason));
  });
  expect(await stream.catch(readFailure)).toMatchObject({ reason, retryAfter: 7 });
  await new Promise((resolve) => void setImmediate(resolve));
  expect(requests[0]?.signal?.aborted).toBe(true);
  expect(requests).toHaveLength(1);
});

test('a connection that breaks fails, and is not tried again', async () => {
  const { stream, requests } = setUp((body) => {
    body.enqueue(CONNECTED);
    body.close();
  });
  expect(await stream.catch(readFailure)).toMatchObject({ reason: 'unreachable' });
  expect(requests).toHaveLength(1);
});

test('an answer that is no stream fails', async () => {
  const { stream } = setUp((body) => body.close(), 502);
  expect(await stream.catch(readFailure)).toMatchObject({ reason: 'unreachable' });
});

test('a stream that is closed here ends at once', async () => {
  const { stream, close, requests } = setUp((body) => body.enqueue(CONNECTED));
  await new Promise((resolve) => void setImmediate(resolve));
  close();
  await stream;
  expect(requests[0]?.signal?.aborted).toBe(true);
});
