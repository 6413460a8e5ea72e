// @ts-check
// From what was measured to a number of accounts: arithmetic, and every assumption in one place.

/**
 * @typedef {{ processCpu: number, databaseCpu: number }} Cpu  microseconds
 * @typedef {{ entries: number, bytesEach: number }} Filled
 * @typedef {{ databases: number, sessions: number, pages: number, commits: number, walBytes: number, shardsTouched: number } & Cpu} RefreshCost
 * @typedef {ReturnType<typeof import('./feed.mjs').simulateFeed>} FeedRow
 *
 * @typedef {object} Measured
 * @property {string} date
 * @property {{ cpu: string, cores: number, node: string, postgres: string }} machine
 * @property {{ me: number, refresh: number, hash: number }} server  microseconds of CPU a call
 * @property {{ revocations: Filled, tokens: Filled, replays: Filled, limits: Filled }} memory
 * @property {{ account: number, session: number, sessionRotated: number, securityEvent: number, device: number }} sizes  bytes a row, indexes included
 * @property {{ oneShard: RefreshCost, fourShards: RefreshCost, oneFourTimesAsLarge: RefreshCost }} refresh
 * @property {object} revocation
 * @property {number} revocation.ended
 * @property {{ heard: number, bytesEach: number }} revocation.messages
 * @property {{ commitMs: number, databaseCpu: number }} revocation.told
 * @property {{ commitMs: number, databaseCpu: number }} revocation.untold
 * @property {{ account: Cpu, one: Cpu, hundred: Cpu }} revocation.reading
 */

export const SIZES = [1e6, 1e8, 1e9];

const DAY = 86_400;
const HOUR = 3600;

/** Nobody has measured these here: they are for the reader to replace. */
export const ASSUMED = {
  sessionsPerAccount: 1,
  /** Of the sessions that are kept, at the busiest time. */
  inUse: 0.05,
  /** Seconds between two refreshes of a page that stays open: a token's quarter of an hour, less the minute or two before. */
  refreshEvery: 810,
  /** Each is a refresh too: the access token is in the page's memory only. */
  openingsPerHour: 2,
  callsPerHour: 60,
  signInsPerDay: 0.05,
  endsPerDay: 0.05,
  /** The busiest time beside the day's mean, for what is given by day. */
  peak: 3,
  devicesPerAccount: 2,
  /** As housekeeping has it. */
  eventDays: 400,
  /** Of a core, at the busiest time. */
  busy: 0.5,
  /** Of a process: one runs the server, the others compute hashes. */
  coresPerProcess: 4,
  /** What one database is asked to carry. */
  shardCommits: 5000,
  shardBytes: 1e12,
  databaseCores: 8,
  /** Milliseconds one way between a process and its database, in one region. */
  wire: 0.25,
};

/**
 * What `accounts` need, at the busiest time; per second, bytes and cores.
 *
 * @param {Measured} measured  @param {number} accounts
 */
export function plan(measured, accounts) {
  const { server, sizes, refresh, memory, revocation } = measured;
  const sessions = accounts * ASSUMED.sessionsPerAccount;
  const inUse = sessions * ASSUMED.inUse;
  const refreshes = inUse * (1 / ASSUMED.refreshEvery + ASSUMED.openingsPerHour / HOUR);
  const calls = (inUse * ASSUMED.callsPerHour) / HOUR;
  const signIns = (accounts * ASSUMED.signInsPerDay * ASSUMED.peak) / DAY;
  const ends = (accounts * ASSUMED.endsPerDay * ASSUMED.peak) / DAY;
  // A sign-in counts its guess and starts its session.
  const commits = refreshes + 2 * signIns + ends;
  const eventsPerAccount = (ASSUMED.signInsPerDay + ASSUMED.endsPerDay) * ASSUMED.eventDays;
  const bytesPerAccount =
    sizes.account +
    ASSUMED.sessionsPerAccount * sizes.sessionRotated +
    ASSUMED.devicesPerAccount * sizes.device +
    eventsPerAccount * sizes.securityEvent;
  const bytes = accounts * bytesPerAccount;
  const callCores = (calls * server.me + refreshes * server.refresh) / 1e6;
  const hashCores = (signIns * server.hash) / 1e6;
  const processes = Math.max(
    2,
    Math.ceil(callCores / ASSUMED.busy),
    Math.ceil(hashCores / ASSUMED.busy / (ASSUMED.coresPerProcess - 1)),
  );
  const shards = Math.max(Math.ceil(commits / ASSUMED.shardCommits), Math.ceil(bytes / ASSUMED.shardBytes));
  const looked = costOf(measured).read + costOf(measured).readMore * Math.max(0, ends * 10 - 1);
  return {
    accounts,
    sessions,
    inUse,
    refreshes,
    calls,
    signIns,
    ends,
    commits,
    bytesPerAccount,
    bytes,
    callCores,
    hashCores,
    processes,
    shards,
    databaseCores: (refreshes * refresh.oneShard.databaseCpu) / 1e6,
    rowCores: (calls * revocation.reading.account.databaseCpu) / 1e6,
    // Each commit its own, and each rotated page by itself: what is written together makes it less.
    diskWrites: commits + refreshes,
    sessionBytes: sessions * sizes.sessionRotated,
    walPerSecond: refreshes * refresh.oneShard.walBytes,
    remembered: ends * HOUR,
    rememberedBytes: ends * HOUR * memory.revocations.bytesEach,
    feedBytes: ends * processes * revocation.messages.bytesEach,
    lookingCores: (processes * looked) / 1000,
  };
}

/** For the simulation of the feed, in milliseconds. @param {Measured} measured  @returns {import('./feed.mjs').FeedCosts} */
export function costOf({ revocation: { told, reading } }) {
  return {
    commit: told.commitMs,
    read: reading.one.databaseCpu / 1000,
    readMore: Math.max(0, reading.hundred.databaseCpu - reading.one.databaseCpu) / 99 / 1000,
    handle: reading.one.processCpu / 1000,
    wire: ASSUMED.wire,
  };
}

/** Which feeds are simulated: of each size in one database, and the largest in its shards. @param {Measured} measured */
export function feedsOf(measured) {
  const sizes = SIZES.map((accounts) => plan(measured, accounts));
  const whole = sizes.map(({ accounts, ends, processes }) => ({
    accounts,
    shards: 1,
    perSecond: ends,
    processes,
  }));
  const cut = sizes
    .filter(({ shards }) => shards > 1)
    .map(({ accounts, ends, processes, shards }) => ({
      accounts,
      shards,
      perSecond: ends / shards,
      processes,
    }));
  return [...whole, ...cut].flatMap((feed) =>
    /** @type {const} */ (['told', 'looking']).map((mode) => ({ ...feed, mode })),
  );
}
