import { describe, test } from 'vitest';
import { builtServer } from '../support/built-server.ts';
import { sharedServer } from '../support/listening.ts';
import { killedBeforeReply, secondProcess } from './child-processes.ts';
import {
  oneResponseLost,
  responsesReordered,
  sameInstant,
  signOutInTheMiddle,
  spreadOverWindow,
} from './one-process.ts';
import { passwordChangeInTheMiddle } from './password-change.ts';

const server = sharedServer();
const main = builtServer();

const CALLERS = [2, 5, 20];

/** What happens to them; `judge.ts` says what each must come to. docs/SESSIONS.md shows the same table. */
const SITUATIONS: [string, (callers: number) => Promise<void>][] = [
  ['all at the same instant', (callers) => sameInstant(server(), callers)],
  ['spread over the grace window', (callers) => spreadOverWindow(server(), callers)],
  ['one response lost', (callers) => oneResponseLost(server(), callers)],
  ['responses reordered', (callers) => responsesReordered(server(), callers)],
  ['process killed between commit and reply', (callers) => killedBeforeReply(main(), callers)],
  ['sign-out in the middle', (callers) => signOutInTheMiddle(server(), callers)],
  ['password change in the middle', (callers) => passwordChangeInTheMiddle(server(), callers)],
  ['second process on the same database', (callers) => secondProcess(main(), callers)],
];

describe.each(SITUATIONS)('%s', (_, race) => {
  // For a busy machine; no race waits for it.
  test.each(CALLERS)('%i callers', { timeout: 120_000 }, race);
});
