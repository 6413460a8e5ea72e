import { Failure } from '../../server/lib/failure.ts';
import type { Attempt, Guess } from '../../server/throttle/guesses.ts';
import { hashDeviceToken } from '../../server/devices/device-token.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

export const ADA = 'ada@example.com';

/** Ada has an account, and nobody has guessed at it; the limits are on. */
export async function limitedWorld(options: WorldOptions = {}): Promise<World> {
  const world = await createWorld({ ...options, env: { RATE_LIMIT: 'on', ...options.env } });
  await world.visitor({ ip: '192.0.2.200' }).register(ADA);
  return world;
}

/** A different place each time. */
export function placeOf(index: number): string {
  return `198.51.${Math.floor(index / 250)}.${index % 250}`;
}

export type Guessing = Partial<Omit<Attempt, 'deviceHash'>> & { device?: string | undefined };

type Guessed = Pick<World, 'app' | 'clock'>;

/** By the token in the device's cookie. */
async function begin({ app }: Guessed, { device, ...attempt }: Guessing): Promise<Guess> {
  return app.deps.limits.beginGuess({
    address: '192.0.2.1',
    email: ADA,
    deviceHash: device === undefined ? undefined : hashDeviceToken(device),
    ...attempt,
  });
}

/** One wrong guess. 0: it was let through to the password check; else the seconds that it is told to wait. */
export async function guessWrong(world: Guessed, guessing: Guessing = {}): Promise<number> {
  try {
    await begin(world, guessing);
    return 0;
  } catch (error) {
    if (error instanceof Failure && error.reason === 'throttled') return error.retryAfter ?? NaN;
    throw error;
  }
}

/** So many that were let through, after whatever wait each of them needed. */
export async function guessPatiently(
  world: Guessed,
  many: number,
  guessingOf: (index: number) => Guessing = () => ({}),
): Promise<void> {
  for (let index = 0; index < many; index += 1) {
    const wait = await guessWrong(world, guessingOf(index));
    if (wait === 0) continue;
    world.clock.advance(wait * 1000);
    if ((await guessWrong(world, guessingOf(index))) > 0) throw new Error('it was told to wait for less');
  }
}

/** How many of so many were let through, one after the other at one moment. */
export async function guessAtOnce(
  world: Guessed,
  many: number,
  guessingOf: (index: number) => Guessing = () => ({}),
): Promise<number> {
  for (let index = 0; index < many; index += 1)
    if ((await guessWrong(world, guessingOf(index))) > 0) return index;
  return many;
}

/** The right password: what the session's transaction does. */
export async function guessRight(world: Guessed, guessing: Guessing = {}): Promise<void> {
  const guess = await begin(world, guessing);
  await world.app.deps.db.transaction().execute((trx) => guess.succeeded(trx));
}

export async function listCounts({ app }: Pick<World, 'app'>) {
  return app.deps.db.selectFrom('throttles').selectAll().orderBy('key').execute();
}
