import { startFaultProxy } from '../../support/fault-proxy.ts';
import { GOOD_PASSWORD } from '../../support/world.ts';
import { newEmail } from '../raced-session.ts';
import { createSender, type Jar } from './jar.ts';
import { choose, pick } from './random.ts';
import { createRoad, type SoakWorld } from './road.ts';
import type { Line } from './witness.ts';

/** How often a browser does what. */
const STEPS = { refresh: 100, duplicate: 6, me: 6, deadToken: 3, signOut: 0.6, signInAgain: 0.4 };

/** Calls that a browser has in flight at most, those with a late answer not counted. */
const MOST_AT_ONCE = 5;

/** One browser: some tabs with one jar between them, on a network that fails them at random. */
export async function useBrowser(world: SoakWorld): Promise<void> {
  const { server, witness, random } = world;
  const road = createRoad(world);
  const send = createSender(await startFaultProxy(server.port, road.plan));
  const credentials = { email: newEmail(), password: GOOD_PASSWORD };
  const jar: Jar = {};
  const calls = new Set<Promise<unknown>>();
  const ended = new Set<Line>();

  function start(call: Promise<unknown>): void {
    const counted = call.finally(() => calls.delete(counted));
    calls.add(counted);
  }

  /** Until every call has come to its end; nothing is late meanwhile. */
  async function settle(): Promise<void> {
    road.hurry(true);
    await Promise.all(calls);
    road.hurry(false);
  }

  async function untilAnswered(call: () => Promise<'answered' | 'lost'>): Promise<void> {
    while ((await call()) === 'lost') await server.up();
  }

  /** With tokens that were given out some time ago. */
  function present(
    { cookies, bearers }: Line,
    procedure = random() < 0.5 ? 'auth.refresh' : 'auth.me',
  ): void {
    const held: Jar = { cookie: pick(random, [...cookies.values()]), bearer: pick(random, bearers) };
    start(send(held, procedure));
  }

  function end(line: Line): void {
    line.state = 'ended';
    ended.add(line);
    present(line);
  }

  /** Ends the session that the jar holds: as a browser's previous one, which the new cookie overwrites. */
  async function signIn(): Promise<void> {
    // A late answer for the session before must not come in after the new cookie, which it would overwrite.
    await settle();
    const before = witness.lineOf(jar.cookie);
    if (before.state === 'live') before.state = 'ending';
    await untilAnswered(() => send(jar, 'auth.login', credentials));
    end(before);
  }

  async function signOut(): Promise<void> {
    const line = witness.lineOf(jar.cookie);
    line.state = 'ending';
    const leaving = { ...jar };
    await untilAnswered(() => send(leaving, 'auth.logout'));
    await settle();
    end(line);
    await signIn();
  }

  const steps: Record<keyof typeof STEPS, () => Promise<void> | void> = {
    refresh: () => start(send(jar, 'auth.refresh')),
    duplicate: () => present(witness.lineOf(jar.cookie)),
    me: () => start(send(jar, 'auth.me')),
    deadToken: () => {
      const line = pick(random, [...ended]);
      if (line) present(line);
    },
    signOut,
    signInAgain: signIn,
  };

  await untilAnswered(() => send(jar, 'auth.register', credentials));
  while (!world.isOver()) {
    await server.up();
    await steps[choose(random, STEPS)]();
    const width = 1 + Math.floor(random() ** 5 * MOST_AT_ONCE);
    while (calls.size - road.held() >= width) await Promise.race([...calls, road.untilHeld()]);
  }
  await server.up();
  road.calm();
  await settle();
  for (const line of ended) for (const procedure of ['auth.refresh', 'auth.me']) present(line, procedure);
  await settle();
  for (const last of ['auth.refresh', 'auth.refresh', 'auth.me']) await send(jar, last);
}
