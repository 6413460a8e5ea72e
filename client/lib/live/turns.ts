/**
 * Which tab of the browser listens for all: over HTTP/1.1 a browser opens six connections to a server and no more, and
 * ten tabs that held one each would leave none for anything else. One tab holds a Web Lock while it listens and the
 * others queue for it. Where there are no locks, a tab takes its turn when it has asked the others and none of them
 * listens, and gives it up when it hears of another that does.
 */
export interface Turns {
  start(): void;
  stop(): void;
  isMine(): boolean;
  /** There are locks: when a turn is over the next begins by itself. */
  hasQueue(): boolean;
  /** Takes the turn: nobody listens, or a tab that gives no sign of life. */
  seize(): void;
  /** Another tab listens: without locks both may have taken their turn at once. */
  cede(): void;
}

interface TurnsOptions {
  /** `navigator.locks`; undefined where the browser has none. */
  locks: Pick<LockManager, 'request'> | undefined;
  name: string;
}

/** `listen` is done while it is this tab's turn, until it is over of itself or its signal is aborted. */
export function createTurns(
  { locks, name }: TurnsOptions,
  listen: (signal: AbortSignal) => Promise<void>,
): Turns {
  /** Until the browser refuses them: in some it may be forbidden to use what is there. */
  let hasLocks = locks !== undefined;
  let turn: AbortController | undefined;
  let mine: AbortController | undefined;

  function stop(): void {
    turn?.abort();
    turn = undefined;
  }

  async function take(taken: AbortController): Promise<void> {
    mine = taken;
    try {
      // The lock is free as soon as the turn is over, whatever the listening still waits for.
      await Promise.race([listen(taken.signal), untilAborted(taken.signal)]);
    } finally {
      if (mine === taken) mine = undefined;
    }
  }

  async function queue(queued: AbortController, seizing: boolean): Promise<void> {
    const options = seizing ? { steal: true } : { signal: queued.signal };
    try {
      await locks?.request(name, options, () => (queued.signal.aborted ? undefined : take(queued)));
    } catch {
      if (queued.signal.aborted) return;
      // Seized by a tab that took this one for dead; else refused.
      if (mine !== queued) hasLocks = false;
      stop();
      start();
    }
  }

  function begin(seizing: boolean): void {
    stop();
    turn = new AbortController();
    void (hasLocks ? queue(turn, seizing) : take(turn));
  }

  function start(): void {
    if (hasLocks) begin(false);
  }

  return {
    start,
    stop,
    isMine: () => mine !== undefined && !mine.signal.aborted,
    hasQueue: () => hasLocks,
    seize() {
      if (!hasLocks || (turn && mine !== turn)) begin(true);
    },
    cede() {
      if (!hasLocks) stop();
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
