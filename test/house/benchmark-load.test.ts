import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { get, load } from '../bench/load.mjs';
import { PATIENCE, startArrivals, startStorm } from '../bench/storm.mjs';

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test('each connection’s next request is made from its last answer, from one load to the next', async () => {
  let count = 0;
  const port = await serve((request, response) => response.end(`${request.url} ${(count += 1)}`));
  const answers = [{ status: 200, headers: '', body: 'begin' }];
  const asked: (string | undefined)[] = [];
  const next = (_index: number, last?: { body: string }) => {
    asked.push(last?.body);
    return get('/a');
  };
  for (let round = 0; round < 2; round += 1)
    await load({ port, connections: 1, seconds: 0.02, answers, next });
  expect(asked[0]).toBe('begin');
  expect(asked.slice(1)).toEqual(asked.slice(1).map((_, index) => `/a ${index + 1}`));
  expect(answers[0]?.body).toBe(`/a ${count}`);
});

test('a server that refuses ends the run: being quick at that proves nothing', async () => {
  const port = await serve((_request, response) => response.writeHead(503).end('busy'));
  await expect(load({ port, connections: 2, seconds: 5, next: () => get('/') })).rejects.toThrow('503 busy');
});

test.each([
  [200, 'is over'],
  [503, 'has failed'],
])('a load that was answered with %i keeps no core busy when it %s', async (status) => {
  const port = await serve((_request, response) => response.writeHead(status).end('said'));
  await Promise.allSettled([load({ port, connections: 1, seconds: 0.02, next: () => get('/') })]);
  // What was put down before the end comes once more.
  await new Promise(setImmediate);
  const again = vi.spyOn(globalThis, 'setImmediate');
  await new Promise((resolve) => void setTimeout(resolve, 1));
  expect(again).not.toHaveBeenCalled();
});

test('arrivals wait for nobody: the third comes although the first two have no answer', async () => {
  const waiting: (() => void)[] = [];
  let reached = () => {};
  const third = new Promise<void>((resolve) => (reached = resolve));
  const port = await serve((_request, response) => {
    waiting.push(() => response.end('late'));
    if (waiting.length >= 3) reached();
  });
  const arrivals = startArrivals({ port, perSecond: 200, request: get('/') });
  await third;
  const stopped = arrivals.stop();
  const answer = setInterval(() => waiting.splice(0).forEach((send) => send()), 1);
  const { sent, lost, latencies } = await stopped;
  clearInterval(answer);
  expect(sent).toBeGreaterThanOrEqual(3);
  expect(lost).toBe(0);
  expect(latencies).toHaveLength(sent);
});

test('a call that is refused is lost, and counts as the longest that anybody waits', async () => {
  let reached = () => {};
  const asked = new Promise<void>((resolve) => (reached = resolve));
  const port = await serve((_request, response) => {
    response.writeHead(500).end('no');
    reached();
  });
  const arrivals = startArrivals({ port, perSecond: 200, request: get('/') });
  await asked;
  const { sent, lost, latencies } = await arrivals.stop();
  expect(lost).toBe(sent);
  expect(new Set(latencies)).toEqual(new Set([PATIENCE]));
});

test('a storm keeps as many in flight as it says, until it is stopped', async () => {
  const waiting: ServerResponse[] = [];
  let most = 0;
  let isOver = false;
  const port = await serve((_request, response) => {
    waiting.push(response);
    most = Math.max(most, waiting.length);
    // Nobody is answered before all of them are there: with one less, this would not end.
    if (isOver || waiting.length === 8) for (const each of waiting.splice(0)) each.end('in');
  });
  const storm = startStorm({ port, inFlight: 8, request: get('/') });
  expect(await storm.rate(80)).toBeGreaterThan(0);
  isOver = true;
  for (const each of waiting.splice(0)) each.end('in');
  await storm.stop();
  expect(most).toBe(8);
});

test('a storm that is refused says so', async () => {
  const port = await serve((_request, response) => response.writeHead(503).end('busy'));
  const storm = startStorm({ port, inFlight: 2, request: get('/') });
  await expect(storm.rate(5)).rejects.toThrow('503 busy');
});

test('a kept connection that the server has cut is replaced, and nothing is lost', async () => {
  const used = new Set<Socket>();
  let count = 0;
  let reached = () => {};
  const enough = new Promise<void>((resolve) => (reached = resolve));
  const port = await serve((request, response) => {
    count += 1;
    if (count >= 20) reached();
    // Every second call on a connection finds it cut, as after a keep-alive that ran out.
    if (used.has(request.socket)) return void request.socket.destroy();
    used.add(request.socket);
    return void response.end('in');
  });
  const arrivals = startArrivals({ port, perSecond: 200, request: get('/') });
  await enough;
  const { sent, lost } = await arrivals.stop();
  expect(sent).toBeLessThan(count);
  expect(lost).toBe(0);
});
