import { decodeProtectedHeader } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { signedInSchema } from '../../../shared/account.ts';
import { publishNextKey } from '../../../server/keys/rotation.ts';
import { SHORT_LEAD } from '../../../server/keys/schedule.ts';
import { dataOf } from '../../support/answers.ts';
import { HOUR, MINUTE, SECOND } from '../../support/clock.ts';
import { openUrl, takeLastingDatabase } from '../../support/database.ts';
import { readKeys } from '../../support/key-ring.ts';
import { listen, type Listening } from '../../support/listening.ts';
import { SECRET } from '../../support/secret.ts';
import { createWebClient } from '../../support/web-client.ts';

const CLIENTS = 16;
const ENV = { KEY_ROTATION: '1d', ACCESS_TOKEN_TTL: '60m' };

/** A token is used until this age: it must not expire while a call is on its way and the clock moves a step. */
const STEP = 19 * MINUTE;
const OLDEST = 2 * STEP;

interface Load {
  /** Resolves when every client has gone round twice since: whatever was on its way has come back. */
  round(): Promise<void>;
  /** Ends it; every answer that was not 200. */
  stop(): Promise<string[]>;
  /** How many answers there were. */
  answers(): number;
  /** Of the newest tokens. */
  kids(): Set<string | undefined>;
}

/** Signed-in clients that renew at one server after the other, and use their newest and their oldest token at all. */
async function startLoad(servers: Listening[]): Promise<Load> {
  const [{ clock, client }] = servers as [Listening];
  const failures: string[] = [];
  const rounds = Array.from({ length: CLIENTS }, () => 0);
  const newest: string[] = [];
  let answers = 0;
  const end = new AbortController();

  const note = async (what: string, response: Response) => {
    answers += 1;
    if (response.status !== 200) failures.push(`${what}: ${response.status} ${await response.text()}`);
    return response;
  };
  const live = async (index: number) => {
    const browser = client();
    await browser.register(`client-${index}@example.com`);
    const tokens: { token: string; issuedAt: number }[] = [];
    for (let turn = 0; !end.signal.aborted; turn += 1) {
      const issuedAt = clock.now();
      const at = createWebClient(servers[turn % servers.length]?.base ?? '');
      at.cookie = browser.cookie;
      const renewed = await note('refresh', await at.mutate('auth.refresh'));
      if (renewed.status !== 200) return;
      browser.cookie = at.cookie;
      const { accessToken: token } = await dataOf(renewed, signedInSchema);
      newest[index] = token;
      tokens.push({ token, issuedAt });
      while (tokens[0] && clock.now() - tokens[0].issuedAt > OLDEST) tokens.shift();
      for (const { base } of servers)
        for (const used of [token, tokens[0]?.token]) {
          const other = createWebClient(base);
          other.bearer = used;
          await note('me', await other.query('auth.me'));
        }
      rounds[index] = turn + 1;
    }
  };
  const clients = rounds.map((_, index) => live(index));
  const isOver = () => failures.length > 0;
  const load = {
    async round() {
      const before = [...rounds];
      const haveAllGone = () => rounds.every((count, index) => count >= (before[index] ?? 0) + 2);
      await vi.waitUntil(() => isOver() || haveAllGone(), { timeout: 20_000, interval: 1 });
    },
    async stop() {
      end.abort();
      await Promise.all(clients);
      return failures;
    },
    answers: () => answers,
    kids: () => new Set(newest.map((token) => decodeProtectedHeader(token).kid)),
  };
  onTestFinished(async () => void (await load.stop()));
  await load.round();
  return load;
}

/** By `npm run keys -- rotate --now`, a process of its own on the database. */
async function rotateNow(url: string, { clock }: Listening): Promise<string | undefined> {
  const db = await openUrl(url);
  const settings = { db, clock, secrets: [SECRET], alg: 'ES256' } as const;
  const key = await publishNextKey(settings, { lead: SHORT_LEAD, isDue: () => true });
  await db.destroy();
  return key?.kid;
}

test.each([
  ['one server', 1],
  ['two servers on one database', 2],
])(
  '%s: a rotation by schedule, and then one at once, fail no request',
  async (_, count) => {
    const url = await takeLastingDatabase();
    const servers: Listening[] = [];
    for (let index = 0; index < count; index += 1) servers.push(await listen({ ...ENV, DATABASE_URL: url }));
    const [first] = servers as [Listening];
    const { keys } = first.app.deps;
    const kids = () => readKeys(keys).map(({ kid }) => kid);
    const [old = ''] = kids();
    // An hour before the next key is due, which begins an hour after that.
    for (const { clock } of servers) clock.advance(22 * HOUR);
    const load = await startLoad(servers);
    /** Time passes for all; they tend to their keys one after the other, in the middle of the load. */
    const pass = async (milliseconds: number) => {
      for (const { clock } of servers) clock.advance(milliseconds);
      for (const { app } of servers) await app.deps.keys.tend();
      await load.round();
    };

    const published = new Set([old]);
    for (let passed = 0; passed < 4 * HOUR; passed += STEP) {
      await pass(STEP);
      for (const kid of kids()) published.add(kid);
    }
    expect(published.size).toBe(2);
    const [next = ''] = kids();
    expect(kids()).toEqual([next]);
    expect(next).not.toBe(old);
    expect(load.kids()).toEqual(new Set([next]));

    // The last of the servers does not look: it learns of the key from the tokens that it signed.
    const urgent = await rotateNow(url, first);
    await keys.look();
    await load.round();
    expect(load.kids()).toEqual(new Set([next]));
    for (const { clock } of servers) clock.advance(3 * SECOND);
    await load.round();
    for (let passed = 0; passed < HOUR + 5 * MINUTE; passed += STEP) await pass(STEP);
    expect(kids()).toEqual([urgent]);
    expect(load.kids()).toEqual(new Set([urgent]));

    expect(await load.stop()).toEqual([]);
    expect(load.answers()).toBeGreaterThan(1000);
  },
  120_000,
);
