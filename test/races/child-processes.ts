import { expect } from 'vitest';
import { temporaryFolder } from '../support/folder.ts';
import type { Passage } from '../support/fault-proxy.ts';
import { startProcess } from '../support/server-process.ts';
import { landEnded, prepareFlights } from './flights.ts';
import { expectAllRefusedSoon, judge, signOut } from './judge.ts';
import { allRefresh, attemptRefresh, openSession } from './raced-session.ts';

/** A fixed issuer, which would otherwise change with the port; a grace and a life that no slow machine outlasts. */
export const CHILD_ENV = {
  RATE_LIMIT: 'off',
  PUBLIC_URL: 'http://localhost:3000',
  REFRESH_GRACE: '60m',
  ACCESS_TOKEN_TTL: '60m',
};

/** The first answer has left the server and goes no further, for the process dies there with all it was doing. */
export async function killedBeforeReply(main: string, count: number): Promise<void> {
  const folder = temporaryFolder();
  const server = await startProcess({ main, folder, env: CHILD_ENV });
  const session = await openSession(server);
  let killed = false;
  const answer = (): Passage => {
    if (server.child.exitCode === null && !killed) server.child.kill('SIGKILL');
    killed = true;
    return 'lost';
  };
  const doomed = await session.callers(count, { answer });
  expect(await Promise.all(doomed.map(attemptRefresh))).toEqual(doomed.map(() => 'lost'));
  expect(await server.exit).toMatchObject({ signal: 'SIGKILL' });
  expect(session.cookies.size, 'cookies: the rotation was committed and answered').toBe(2);

  const PORT = String(server.port);
  await startProcess({ main, folder, env: { ...CHILD_ENV, PORT } });
  const callers = await session.callers(count);
  expect(await allRefresh(callers)).toEqual(callers.map(() => 'succeeded'));
  await judge(session, { signedIn: callers });
}

/** Two processes share the database, and the callers are spread over both. */
export async function secondProcess(main: string, count: number): Promise<void> {
  const folder = temporaryFolder();
  const one = await startProcess({ main, folder, env: CHILD_ENV });
  const two = await startProcess({ main, folder, env: CHILD_ENV });
  const session = await openSession(one);
  const callers = await Promise.all(
    Array.from({ length: count }, (_, index) => session.caller({}, index % 2 === 0 ? one.port : two.port)),
  );
  for (let round = 0; round < 3; round += 1)
    expect(await allRefresh(callers)).toEqual(callers.map(() => 'succeeded'));
  await judge(session, { signedIn: callers });
  await expectAllRefusedSoon(session, two.port);
  await signOutElsewhere(one.port, two.port, count);
}

/** Callers use one process while their session is ended through another. */
async function signOutElsewhere(here: number, elsewhere: number, count: number): Promise<void> {
  const session = await openSession({ port: here });
  const flights = await prepareFlights(session, count);
  flights.takeOff();
  await signOut(session, elsewhere);
  await landEnded(flights);
  for (const port of [here, elsewhere]) await expectAllRefusedSoon(session, port);
}
