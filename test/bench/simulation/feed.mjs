// @ts-check
// Revocations on their way to every process, as a discrete-event simulation: one database, `processes` that listen, and what
// each step costs as measured. Nothing here asks a clock; time is a number.
import { createDice } from './own-code.mjs';

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
  /** Of each process, the commits that it has seen, as a place in `commits`; and whether it is asking. */
  const seen = new Array(processes).fill(0);
  const asking = new Array(processes).fill(false);
  const told = new Array(processes).fill(0);
  let reads = 0;

  const ask = (/** @type {number} */ process, /** @type {number} */ now, /** @type {number} */ upTo) => {
    const count = mode === 'told' ? upTo - seen[process] : (feed.perSecond * OVERLAP) / 1000;
    const work = feed.costs.read + feed.costs.readMore * Math.max(0, count - 1);
    const done = database(now + feed.costs.wire, work) + feed.costs.wire + feed.costs.handle;
    asking[process] = true;
    reads += 1;
    events.add(done, () => {
      for (let place = seen[process]; place < upTo; place += 1) latencies.push(done - (commits[place] ?? 0));
      seen[process] = upTo;
      asking[process] = false;
      if (mode === 'told' && told[process] > upTo) ask(process, done, told[process]);
    });
  };

  if (mode === 'told')
    for (const [place, at] of commits.entries())
      events.add(at + feed.costs.wire, (now) => {
        for (let process = 0; process < processes; process += 1) {
          told[process] = place + 1;
          if (!asking[process]) ask(process, now, place + 1);
        }
      });
  else {
    const dice = createDice(2);
    const look = (/** @type {number} */ process) => (/** @type {number} */ now) => {
      const there = countUpTo(commits, now);
      if (!asking[process]) ask(process, now, there);
      if (now < seconds * 1000) events.add(now + LOOK_INTERVAL, look(process));
    };
    for (let process = 0; process < processes; process += 1)
      events.add(dice() * LOOK_INTERVAL, look(process));
  }
  const end = events.run();
  const sorted = Float64Array.from(latencies).sort();
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
  const dice = createDice();
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
  const freeAt = new Array(cores).fill(0);
  let busy = 0;
  const serve = (/** @type {number} */ now, /** @type {number} */ work) => {
    let first = 0;
    for (let core = 1; core < cores; core += 1) if (freeAt[core] < freeAt[first]) first = core;
    freeAt[first] = Math.max(now, freeAt[first]) + work;
    busy += work;
    return freeAt[first];
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
