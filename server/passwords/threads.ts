import { Piscina } from 'piscina';
import { Failure } from '../lib/failure.ts';
import type { Logger } from '../lib/logger.ts';

/**
 * Piscina tries require() on the worker's module before import(). Node aborts the whole process when a thread is
 * stopped while it requires an ES module, as a stop soon after the start would do; without require() it cannot.
 */
const IMPORT_ONLY = '--no-experimental-require-module';

/** Seconds. */
const RETRY_AFTER = 5;

export interface ThreadsOptions {
  /** Path of the module whose default export is run, in JavaScript. */
  filename: string;
  minThreads: number;
  maxThreads: number;
  /** Milliseconds until a thread beyond the minimum ends for want of work. */
  idleTimeout: number;
  /** Tasks that may wait. */
  maxQueue: number;
  log: Logger | undefined;
}

export interface Threads<Task, Result> {
  /** Fails with `busy`, at once, when it would have to wait behind too many. */
  requireRoom(): void;
  /** The same, and with `busy` too when no thread can be started; with whatever the module throws. */
  run(task: Task): Promise<Result>;
  waiting(): number;
  close(): Promise<void>;
}

/**
 * Worker threads for computation that would stop every other call. A thread that cannot start (its file is being built
 * anew, there is no memory for it) is an error event of the pool, which without a listener ends the process, and leaves
 * what waited for it waiting: here that is `busy`, and the next task begins with a new pool.
 */
export function createThreads<Task, Result>({ log, ...options }: ThreadsOptions): Threads<Task, Result> {
  const broken = new WeakSet<Piscina>();
  let pool = start();

  function start(): Piscina<Task, Result> {
    const started = new Piscina<Task, Result>({
      ...options,
      execArgv: process.allowedNodeEnvironmentFlags.has(IMPORT_ONLY) ? [IMPORT_ONLY] : [],
      // Histograms of its own, 0.4 MB each.
      recordTiming: false,
    });
    started.on('error', (err) => {
      if (broken.has(started)) return;
      broken.add(started);
      log?.error({ err }, 'a worker thread has failed');
      void end(started);
    });
    return started;
  }
  /** What waited for it fails. */
  async function end(failed: Piscina): Promise<void> {
    try {
      await failed.destroy();
    } catch (err) {
      log?.error({ err }, 'the threads beside it were not ended');
    }
  }
  const requireRoom = (): void => {
    if (pool.queueSize >= options.maxQueue) throw new Failure('busy', { retryAfter: RETRY_AFTER });
  };

  return {
    requireRoom,
    async run(task) {
      if (broken.has(pool)) pool = start();
      requireRoom();
      const used = pool;
      try {
        return await used.run(task);
      } catch (cause) {
        throw broken.has(used) ? new Failure('busy', { retryAfter: RETRY_AFTER, cause }) : cause;
      }
    },
    waiting: () => pool.queueSize,
    close: () => pool.close({ force: true }),
  };
}
