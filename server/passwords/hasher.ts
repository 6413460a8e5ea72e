import { timingSafeEqual } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { genSaltSync } from 'bcryptjs';
import type { Logger } from '../lib/logger.ts';
import { NO_OBSERVER, type Observer } from '../lib/observer.ts';
import type { Tracing } from '../lib/tracing.ts';
import { newHash, parseStoredHash, unmatchedHash } from './stored-hash.ts';
import { createThreads } from './threads.ts';

/** Computations that may wait for each worker at cost 12 or below: about ten seconds. One more is told to come back. */
const MAX_WAITING_PER_WORKER = 40;

export interface Verdict {
  matches: boolean;
  /** The password is right and its hash is of an older form or a lower cost than new ones. */
  rehash: boolean;
}

/**
 * Both fail with `busy`, at once: when the queue is full, so that everything else stays fast, and when no thread can be
 * started.
 */
export interface Hasher {
  hash(password: string): Promise<string>;
  /**
   * Exactly one computation whatever `stored` is, of no less work than a new hash takes, and the same steps around it: where
   * there is no hash, or one that cannot be read, with one that nobody has, at the cost of a new one; for one of a lower cost,
   * with the rest of the work behind it. So the time of an answer tells nobody whether there is an account (CWE-208): even
   * the dozen microseconds that a salt takes to make show in a few thousand answers.
   */
  verify(password: string, stored: string | undefined): Promise<Verdict>;
  /**
   * Fails with `busy` when the queue is full. Asked before an attempt is counted: what is not going to be tried
   * is no guess, and so the counters cannot grow faster than passwords are hashed.
   */
  requireRoom(): void;
  /** Computations finished since the start: how tests show that every attempt costs one. */
  computations(): number;
  /** Rounds of bcrypt in all of them, 2^cost each: how tests show that every attempt is the same work. */
  rounds(): number;
  /** Computations that wait for a thread, and that have one. */
  queue(): { waiting: number; running: number };
  close(): Promise<void>;
}

interface Task {
  key: string;
  setting: string;
  /** The cost whose work is done at least. */
  workOf: number;
}

interface Done {
  result: string;
  rounds: number;
  ms: number;
  /** What computed it, see bcrypt-native.mjs. */
  engine: string;
  /** Why it was not what is installed. */
  problem?: string;
}

/**
 * Threads of their own, never libuv's pool: WebCrypto shares that one, and sign-ins in flight would hold every
 * signature check for seconds. One core is left to everything else where there are several.
 */
export function createHasher({
  cost,
  log,
  observer = NO_OBSERVER,
  tracing,
}: {
  cost: number;
  log?: Logger;
  observer?: Pick<Observer, 'hashed'>;
  tracing?: Tracing | undefined;
}): Hasher {
  const cores = Math.max(1, availableParallelism() - 1);
  const threads = createThreads<Task, Done>({
    filename: fileURLToPath(new URL('./bcrypt-worker.mjs', import.meta.url)),
    minThreads: 1,
    maxThreads: cores,
    idleTimeout: 60_000,
    // Each step of the cost doubles the work, so half as many may wait.
    maxQueue: Math.round(MAX_WAITING_PER_WORKER / 2 ** Math.max(0, cost - 12)) * cores,
    log,
  });
  let computations = 0;
  let rounds = 0;
  let isTold = false;
  let asked = 0;

  const compute = async (key: string, setting: string): Promise<string> => {
    // Before it is counted as asked, and has a span.
    threads.requireRoom();
    const start = performance.now();
    asked += 1;
    const task = { key, setting, workOf: cost };
    const run = () => threads.run(task).finally(() => (asked -= 1));
    const done = await (tracing ? tracing.inSpan('hash password', run) : run());
    observer.hashed({ total: (performance.now() - start) / 1000, computing: done.ms / 1000 });
    if (!isTold) tell(done);
    computations += 1;
    rounds += done.rounds;
    return done.result;
  };
  const tell = ({ engine, problem }: Done): void => {
    isTold = true;
    if (problem !== undefined) log?.error({ engine, problem }, 'passwords are hashed by JavaScript');
    else log?.debug({ engine }, 'passwords are hashed');
  };
  const nobody = unmatchedHash({ salt: newSalt(), cost });

  return {
    async hash(password) {
      const { key, setting, format } = newHash(password, { salt: newSalt(), cost });
      return format(await compute(key, setting));
    },
    async verify(password, stored) {
      const known = stored === undefined ? undefined : parseStoredHash(stored);
      const hash = known ?? nobody;
      const isSame = isEqual(await compute(hash.keyOf(password), hash.setting), hash.expected);
      const matches = isSame && known !== undefined;
      return { matches, rehash: matches && (!hash.current || hash.cost < cost) };
    },
    requireRoom: () => threads.requireRoom(),
    computations: () => computations,
    rounds: () => rounds,
    queue: () => ({ waiting: threads.waiting(), running: asked - threads.waiting() }),
    close: () => threads.close(),
  };
}

/** bcrypt's own base64 of 16 random bytes; its generator keeps the unused bits of the last character zero. */
function newSalt(): string {
  return genSaltSync(4).slice(-22);
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
