import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
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
  let [inFlight, most] = [0, 0];
  const port = await serve((_request, response) => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    setImmediate(() => {
      inFlight -= 1;
      response.end('in');
    });
  });
  const storm = startStorm({ port, connections: 8, request: get('/') });
  expect(await storm.rate(200)).toBeGreaterThan(0);
  await storm.stop();
  expect(most).toBeLessThanOrEqual(8);
  expect(inFlight).toBe(0);
});
