// @ts-check
// Revocations on their way to every process, as a discrete-event simulation: one database, `processes` that listen, and what
// each step costs as measured. Nothing here asks a clock; time is a number.
import { randomFrom } from '../../timing/statistics.mjs';

/**
 * @typedef {object} FeedCosts  milliseconds
 * @property {number} commit  for which a commit that tells holds the lock of all the others that do
 * @property {number} read  the database's CPU to read one session that was heard of
 * @property {number} readMore  for each further one in the same question
 * @property {number} handle  the process's own CPU for a question and its answer
 * @property {number} wire  one way between a process and the database
 *
 * @typedef {object} Feed
 * @property {number} perSecond  sessions that end
 * @property {number} processes
 * @property {number} cores  of the database, for these reads alone
 * @property {number} seconds
 * @property {'told' | 'looking'} mode  `looking`: no process is told, and each looks ten times a second
 * @property {FeedCosts} costs
 */

/** Milliseconds, see sessions/revocation-feed.ts. */
const LOOK_INTERVAL = 100;
const OVERLAP = 10_000;

/**
 * Latency is from the moment that the commit is done until a process refuses the session, over all processes; `lockWait` (p99)
 * is what comes before: the wait for the lock that a commit with a message takes.
 *
 * @param {Feed} feed
 */
export function simulateFeed(feed) {
  const { processes, seconds, mode } = feed;
  const { commits, waits } = commitTimes(feed);
  const database = createDatabase(feed.cores);
  const events = createQueue();
  /** @type {number[]} */
  const latencies = [];
  /** `seen` and `told` count commits: those that it has read of, and those that it has heard of. */
  const listeners = Array.from({ length: processes }, () => ({ seen: 0, told: 0, isAsking: false }));
  let reads = 0;

  /** @param {typeof listeners[number]} listener  @param {number} now  @param {number} upTo */
  const ask = (listener, now, upTo) => {
    const count = mode === 'told' ? upTo - listener.seen : (feed.perSecond * OVERLAP) / 1000;
    const work = feed.costs.read + feed.costs.readMore * Math.max(0, count - 1);
    const done = database(now + feed.costs.wire, work) + feed.costs.wire + feed.costs.handle;
    listener.isAsking = true;
    reads += 1;
    events.add(done, () => {
      for (; listener.seen < upTo; listener.seen += 1) latencies.push(done - (commits[listener.seen] ?? 0));
      listener.isAsking = false;
      if (mode === 'told' && listener.told > upTo) ask(listener, done, listener.told);
    });
  };

  if (mode === 'told')
    for (const [place, at] of commits.entries())
      events.add(at + feed.costs.wire, (now) => {
        for (const listener of listeners) {
          listener.told = place + 1;
          if (!listener.isAsking) ask(listener, now, place + 1);
        }
      });
  else {
    const dice = randomFrom(2);
    const look = (/** @type {typeof listeners[number]} */ listener) => (/** @type {number} */ now) => {
      if (!listener.isAsking) ask(listener, now, countUpTo(commits, now));
      if (now < seconds * 1000) events.add(now + LOOK_INTERVAL, look(listener));
    };
    for (const listener of listeners) events.add(dice() * LOOK_INTERVAL, look(listener));
  }
  const end = events.run();
  const sorted = Float64Array.from(latencies).toSorted();
  return {
    perSecond: feed.perSecond,
    processes,
    mode,
    lockWait: at(waits, 0.99),
    p50: at(sorted, 0.5),
    p99: at(sorted, 0.99),
    heard: latencies.length,
    reads: reads / seconds,
    databaseCores: database.busy() / end,
  };
}

/**
 * At random, and those that tell one after the other under the lock; `waits` is how long each waited for it, sorted.
 *
 * @param {Feed} feed
 */
function commitTimes({ perSecond, seconds, mode, costs }) {
  const dice = randomFrom(1);
  /** @type {number[]} */
  const commits = [];
  /** @type {number[]} */
  const waits = [];
  let free = 0;
  for (let now = 0; ;) {
    now += (-Math.log(1 - dice()) * 1000) / perSecond;
    if (now >= seconds * 1000) return { commits, waits: waits.toSorted((a, b) => a - b) };
    const begun = mode === 'told' ? Math.max(now, free) : now;
    waits.push(begun - now);
    free = begun + costs.commit;
    commits.push(free);
  }
}

/**
 * First come, first served, by as many cores as there are.
 *
 * @param {number} cores
 */
function createDatabase(cores) {
  const freeAt = Array.from({ length: cores }, () => 0);
  let busy = 0;
  const serve = (/** @type {number} */ now, /** @type {number} */ work) => {
    const first = Math.min(...freeAt);
    const done = Math.max(now, first) + work;
    freeAt[freeAt.indexOf(first)] = done;
    busy += work;
    return done;
  };
  return Object.assign(serve, { busy: () => busy });
}

/** A heap of what is to happen, the earliest first. */
function createQueue() {
  /** @type {{ at: number, order: number, act: (now: number) => void }[]} */
  const heap = [];
  let order = 0;
  const isBefore = (/** @type {number} */ a, /** @type {number} */ b) => {
    const [left, right] = [heap[a], heap[b]];
    if (!left || !right) return false;
    return left.at < right.at || (left.at === right.at && left.order < right.order);
  };
  const swap = (/** @type {number} */ a, /** @type {number} */ b) => {
    const [left, right] = [heap[a], heap[b]];
    if (left && right) [heap[a], heap[b]] = [right, left];
  };
  return {
    add(/** @type {number} */ time, /** @type {(now: number) => void} */ act) {
      let place = heap.push({ at: time, order: (order += 1), act }) - 1;
      while (place > 0 && isBefore(place, (place - 1) >> 1)) {
        swap(place, (place - 1) >> 1);
        place = (place - 1) >> 1;
      }
    },
    run() {
      let now = 0;
      for (;;) {
        const first = heap[0];
        const last = heap.pop();
        if (!first || !last) return now;
        if (heap.length > 0) {
          heap[0] = last;
          for (let place = 0; ;) {
            const [left, right] = [2 * place + 1, 2 * place + 2];
            const least = isBefore(right, left) ? right : left;
            if (!isBefore(least, place)) break;
            swap(least, place);
            place = least;
          }
        }
        now = first.at;
        first.act(now);
      }
    },
  };
}

/** @param {number[]} sorted  @param {number} limit */
function countUpTo(sorted, limit) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {ArrayLike<number>} sorted  @param {number} share */
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
