import { describe, expect, test } from 'vitest';
import { MAX_ACCESS_TOKEN_TTL } from '../../../server/config.ts';
import type { LiveEvent } from '../../../shared/session.ts';
import { listSessions } from '../../support/accounts.ts';
import { outcomeOf } from '../../support/reasons.ts';
import { createWorld, type Visitor, type World, type WorldOptions } from '../../support/world.ts';

interface Stream {
  next(): Promise<LiveEvent | 'over'>;
}

async function open(visitor: Visitor): Promise<Stream> {
  const events = (await visitor.api.sessions.live())[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await events.next();
      return done || value === undefined ? 'over' : value;
    },
  };
}

async function signedIn(options?: WorldOptions) {
  const world = await createWorld(options);
  const browser = world.visitor();
  await browser.register();
  return { world, browser };
}

/** Past the first event, which says what there is to read so far. */
async function opened(visitor: Visitor): Promise<Stream> {
  const stream = await open(visitor);
  expect(await stream.next()).toEqual({ kind: 'notices', notices: [] });
  return stream;
}

const streamsOf = async ({ app }: World) =>
  (await listSessions({ app })).map(({ id }) => app.deps.changes.count(id));

describe('a page that listens', () => {
  test.each([
    ['signed_out', (visitor: Visitor) => visitor.api.auth.logout()],
    ['replaced', (visitor: Visitor) => visitor.signIn()],
  ])('hears at once that its session is over: %s', async (reason, end) => {
    const { world, browser } = await signedIn();
    const stream = await opened(browser);
    await end(browser);
    expect(await stream.next()).toEqual({ kind: 'ended', reason });
    expect(await stream.next()).toBe('over');
    expect((await streamsOf(world))[0]).toBe(0);
  });

  test('hears that it was ended from another device', async () => {
    const { world, browser } = await signedIn();
    const stream = await opened(browser);
    const phone = world.visitor();
    await phone.signIn();
    expect(await stream.next()).toMatchObject({ kind: 'notices', notices: [{ kind: 'new_device' }] });
    await phone.api.sessions.revokeOthers();
    expect(await stream.next()).toEqual({ kind: 'ended', reason: 'ended_elsewhere' });
  });

  test('hears that something has changed when another of its sessions begins or ends', async () => {
    const { world, browser } = await signedIn();
    const phone = Object.assign(world.visitor(), { device: browser.device });
    const stream = await opened(browser);
    await phone.signIn();
    expect(await stream.next()).toEqual({ kind: 'notices', notices: [] });
    await phone.api.auth.logout();
    expect(await stream.next()).toEqual({ kind: 'notices', notices: [] });
  });

  test('hears of nobody else’s end', async () => {
    const { world, browser } = await signedIn();
    const stream = await opened(browser);
    const grace = world.visitor();
    await grace.register('grace@example.com');
    await grace.api.auth.logout();
    const next = stream.next();
    await browser.api.auth.logout();
    expect(await next).toEqual({ kind: 'ended', reason: 'signed_out' });
  });

  test('hears of an end that came between its sign-in and its first look', async () => {
    const { world, browser } = await signedIn();
    const { revocations } = world.app.deps;
    const [session] = await listSessions(world);
    const stream = await open(browser);
    const first = stream.next();
    revocations.add({ id: session?.id ?? '', at: world.clock.now(), reason: 'ended_elsewhere' });
    expect([await first, await stream.next()]).toContainEqual({ kind: 'ended', reason: 'ended_elsewhere' });
  });

  test('is not let in without a token, or with one of a session that is over', async () => {
    const { world, browser } = await signedIn();
    expect(await outcomeOf(world.visitor().api.sessions.live())).toBe('token_missing');
    await browser.api.auth.logout();
    expect(await outcomeOf(browser.api.sessions.live())).toBe('session_revoked');
  });

  test('hears nothing more when its access token runs out, and may come back with the next', async () => {
    const { world, browser } = await signedIn({ env: { ACCESS_TOKEN_TTL: '1s' } });
    const stream = await opened(browser);
    expect(await stream.next()).toBe('over');
    expect(await streamsOf(world)).toEqual([0]);
    world.clock.advance(2_000);
    expect(await outcomeOf(browser.api.sessions.live())).toBe('token_expired');
    browser.bearer = (await browser.api.auth.refresh()).accessToken;
    const resumed = await opened(browser);
    await browser.api.auth.logout();
    expect(await resumed.next()).toEqual({ kind: 'ended', reason: 'signed_out' });
  });

  test('hears nothing more when the process stops', async () => {
    const { world, browser } = await signedIn();
    const stream = await opened(browser);
    const next = stream.next();
    await world.app.close();
    expect(await next).toBe('over');
  });

  test('is one of twenty of its person at most: one more, and the oldest makes room', async () => {
    const { world, browser } = await signedIn();
    const streams: Stream[] = [];
    for (let index = 0; index < 21; index += 1) streams.push(await opened(browser));
    expect(await streams[0]?.next()).toBe('over');
    expect(await streamsOf(world)).toEqual([20]);
    await browser.api.auth.logout();
    for (const stream of streams.slice(1)) {
      expect(await stream.next()).toMatchObject({ kind: 'ended' });
      expect(await stream.next()).toBe('over');
    }
    expect(await streamsOf(world)).toEqual([0]);
  });

  test('gives its place back when it goes', async () => {
    const { browser } = await signedIn();
    const first = await opened(browser);
    for (let index = 0; index < 30; index += 1) {
      const events = (await browser.api.sessions.live())[Symbol.asyncIterator]();
      await events.next();
      await events.return?.();
    }
    const next = first.next();
    await browser.api.auth.logout();
    expect(await next).toEqual({ kind: 'ended', reason: 'signed_out' });
  });

  test('costs nothing once it has gone', async () => {
    const { world, browser } = await signedIn();
    const events = (await browser.api.sessions.live())[Symbol.asyncIterator]();
    await events.next();
    await events.return?.();
    expect(await streamsOf(world)).toEqual([0]);
  });
});

test('no timer of a stream can outlast the longest access token', () => {
  // setTimeout takes more than 2³¹ − 1 milliseconds for one.
  expect(MAX_ACCESS_TOKEN_TTL).toBeLessThan(2 ** 31);
});
