import { describe, expect, test } from 'vitest';
import { outcomeOfCall } from '../support/answers.ts';
import { builtServer } from '../support/built-server.ts';
import { takeDatabase } from '../support/database.ts';
import { startFleet } from '../support/fleet.ts';
import { outcomeOf } from '../support/reasons.ts';
import { createWebClient } from '../support/web-client.ts';
import { createWorld, type World } from '../support/world.ts';

const main = builtServer();
const EMAIL = 'ada@example.com';
const WRONG = 'not a lantern at all';

/** Applications with pools of their own on one database, and one clock, which stands still. */
async function startThree(): Promise<World[]> {
  const env = { DATABASE_URL: await takeDatabase(), RATE_LIMIT: 'on' };
  const first = await createWorld({ env });
  const { clock } = first;
  await first.visitor().register(EMAIL);
  return [first, await createWorld({ env, clock }), await createWorld({ env, clock })];
}

/** A hundred at once, spread over all of them. How often each outcome came. */
async function guess(worlds: World[], ipOf: (index: number) => string): Promise<Record<string, number>> {
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, (_, index) => {
      const visitor = worlds[index % worlds.length]?.visitor({ ip: ipOf(index) });
      return outcomeOf(visitor?.signIn(EMAIL, WRONG) ?? Promise.resolve());
    }),
  );
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}

describe('a hundred guesses at one account at once, over three processes', () => {
  test('from one address are five, as with one process', async () => {
    expect(await guess(await startThree(), () => '203.0.113.7')).toEqual({
      invalid_credentials: 5,
      throttled: 95,
    });
  });

  test('from a hundred addresses are twenty, as with one process', async () => {
    expect(await guess(await startThree(), (index) => `203.0.113.${index}`)).toEqual({
      invalid_credentials: 20,
      throttled: 80,
    });
  });
});

// By the budget of an address, which no slow machine outlasts: a hundred in a quarter of an hour.
test('guesses from one address at three processes are one budget', { timeout: 60_000 }, async () => {
  const fleet = await startFleet({ main: main() });
  const outcomes: string[] = [];
  while (outcomes.length < 130) {
    const wave = Array.from({ length: Math.min(33, 130 - outcomes.length) }, async (_, index) => {
      const client = createWebClient(fleet.at(fleet.ports[index % fleet.ports.length] ?? 0).base);
      const email = `${outcomes.length + index}@example.com`;
      return outcomeOfCall(await client.mutate('auth.login', { email, password: WRONG }));
    });
    outcomes.push(...(await Promise.all(wave)));
  }
  expect(outcomes.filter((outcome) => outcome === 'invalid_credentials')).toHaveLength(100);
  expect(outcomes.filter((outcome) => outcome === 'throttled')).toHaveLength(30);
});
