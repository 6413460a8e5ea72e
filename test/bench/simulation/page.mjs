// @ts-check
// The tables of docs/SCALING.md: written by the simulation, and held against its figures by a test.
import { format } from 'prettier';
import { ASSUMED, plan, SIZES } from './plan.mjs';

/**
 * @typedef {import('./plan.mjs').Measured} Measured
 * @typedef {import('./plan.mjs').FeedRow & { accounts: number, shards: number }} Feed
 * @typedef {Measured & { feeds: Feed[] }} Simulation
 */

const PLACES = /(<!-- simulation: (\w+) -->)[\s\S]*?(<!-- end of simulation -->)/g;

/**
 * @param {string} page  with a place for each table
 * @param {Simulation} simulation
 */
export async function renderPage(page, simulation) {
  /** @type {Record<string, (simulation: Simulation) => string>} */
  const tables = { measured, assumed, planned, fed };
  const names = [...page.matchAll(PLACES)].map(([, , name = '']) => name);
  const missing = Object.keys(tables).filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`docs/SCALING.md has no place for: ${missing.join(', ')}`);
  const filled = page.replace(PLACES, (_, start, name, end) => {
    const render = tables[name];
    if (!render) throw new Error(`there is no table ${name}`);
    return `${start}\n\n${render(simulation)}\n\n${end}`;
  });
  return format(filled, { parser: 'markdown' });
}

/** @param {string[][]} rows  the head first */
function table([head = [], ...rows]) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Two digits: more than any of it is good for. @param {number} value */
function about(value) {
  if (!Number.isFinite(value)) return 'not known';
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(2));
  return rounded.toLocaleString('en', { maximumFractionDigits: 10 });
}

/** @param {number} bytes */
function inBytes(bytes) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let [value, unit] = [bytes, 0];
  while (Number(value.toPrecision(2)) >= 1000 && unit < units.length - 1)
    [value, unit] = [value / 1000, unit + 1];
  return `${about(value)} ${units[unit]}`;
}

/** @param {Simulation} simulation */
function measured({ machine, server, memory, sizes, refresh, revocation, date }) {
  const each = (/** @type {import('./plan.mjs').Filled} */ filled) =>
    `${filled.bytesEach} B each, ${filled.entries.toLocaleString('en')} of them`;
  const counts = (/** @type {import('./plan.mjs').RefreshCost} */ cost) =>
    `${cost.pages.toFixed(0)} pages, ${about(cost.walBytes)} B of WAL, ${cost.commits.toFixed(0)} commit; ${about(cost.databaseCpu)} µs of the database’s CPU, ${about(cost.processCpu)} µs of ours`;
  const { oneShard, fourShards, oneFourTimesAsLarge } = refresh;
  const rows = [
    ['what', 'measured'],
    ['`auth.me`, CPU of the server', `${about(server.me)} µs`],
    ['`auth.refresh`, CPU of the server', `${about(server.refresh)} µs`],
    ['one bcrypt hash at cost 12 (bcryptjs), CPU', `${about(server.hash / 1000)} ms`],
    ['account, with indexes', `${sizes.account} B`],
    ['session, with indexes: new; after three rotations', `${sizes.session} B; ${sizes.sessionRotated} B`],
    ['security event, with indexes', `${sizes.securityEvent} B`],
    ['known device, with index', `${sizes.device} B`],
    ['revocation in memory', each(memory.revocations)],
    ['access token that was checked, in memory', each(memory.tokens)],
    ['DPoP proof, in memory', each(memory.replays)],
    ['limit of one session’s refreshes, in memory for a minute', each(memory.limits)],
    [`refresh, ${oneShard.sessions.toLocaleString('en')} sessions in one database`, counts(oneShard)],
    [`the same, ${fourShards.sessions.toLocaleString('en')} in four databases`, counts(fourShards)],
    [
      `the same, ${oneFourTimesAsLarge.sessions.toLocaleString('en')} in one database`,
      counts(oneFourTimesAsLarge),
    ],
    [
      `ending a session, ${revocation.ended.toLocaleString('en')} of them over eight connections: with NOTIFY; without`,
      `one each ${revocation.told.commitMs.toPrecision(2)} ms; ${revocation.untold.commitMs.toPrecision(2)} ms. CPU of the database ${about(revocation.told.databaseCpu)} µs; ${about(revocation.untold.databaseCpu)} µs`,
    ],
    ['the message', `${revocation.messages.bytesEach} B`],
    [
      'reading an account by its key',
      `CPU of the database ${about(revocation.reading.account.databaseCpu)} µs`,
    ],
    [
      'reading an ended session: one; one of a hundred at once',
      `CPU of the database ${about(revocation.reading.one.databaseCpu)} µs; ${about(revocation.reading.hundred.databaseCpu / 100)} µs`,
    ],
  ];
  const where = `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, PostgreSQL ${machine.postgres}, ${date.slice(0, 10)}`;
  return `${where}.\n\n${table(rows)}`;
}

function assumed() {
  const percent = (/** @type {number} */ share) => `${share * 100} %`;
  return table([
    ['assumption', 'value'],
    ['sessions that are kept, an account', about(ASSUMED.sessionsPerAccount)],
    ['of these in use at the busiest time', percent(ASSUMED.inUse)],
    [
      'seconds between two refreshes of an open page (`ACCESS_TOKEN_TTL` of 15 minutes)',
      String(ASSUMED.refreshEvery),
    ],
    ['pages opened, an hour and session in use; each is a refresh', about(ASSUMED.openingsPerHour)],
    ['calls with an access token, an hour and session in use', about(ASSUMED.callsPerHour)],
    ['sign-ins, a day and account', about(ASSUMED.signInsPerDay)],
    ['sessions ended, a day and account', about(ASSUMED.endsPerDay)],
    ['busiest time beside the day’s mean, for both', `${ASSUMED.peak} ×`],
    ['known devices, an account', about(ASSUMED.devicesPerAccount)],
    ['days for which security events are kept (housekeeping)', about(ASSUMED.eventDays)],
    ['share of a core in use at the busiest time', percent(ASSUMED.busy)],
    ['cores of a process: one serves, the others hash', about(ASSUMED.coresPerProcess)],
    [
      'commits a second, and bytes, that one database is given',
      `${about(ASSUMED.shardCommits)}, ${inBytes(ASSUMED.shardBytes)}`,
    ],
    ['cores of one database, for the feed alone', about(ASSUMED.databaseCores)],
    ['one way between a process and its database, in a region', `${ASSUMED.wire} ms`],
  ]);
}

/** @param {Simulation} simulation */
function planned(simulation) {
  const plans = SIZES.map((accounts) => plan(simulation, accounts));
  const row = (
    /** @type {string} */ name,
    /** @type {string} */ how,
    /** @type {(of: ReturnType<typeof plan>) => string} */ show,
  ) => [name, ...plans.map(show), how];
  return table([
    ['at the busiest time', ...['10⁶', '10⁸', '10⁹'].map((size) => `${size} accounts`), ''],
    row('sessions in use', 'computed', ({ inUse }) => about(inUse)),
    row('refreshes a second', 'computed', ({ refreshes }) => about(refreshes)),
    row('other calls a second', 'computed', ({ calls }) => about(calls)),
    row('sign-ins a second', 'computed', ({ signIns }) => about(signIns)),
    row('sessions ended a second', 'computed', ({ ends }) => about(ends)),
    row('cores for calls and refreshes', 'extrapolated', ({ callCores }) => about(callCores)),
    row('cores for bcrypt', 'extrapolated', ({ hashCores }) => about(hashCores)),
    row('processes, half busy', 'extrapolated', ({ processes }) => about(processes)),
    row('commits a second', 'computed', ({ commits }) => about(commits)),
    row('cores of the databases for refreshes', 'extrapolated', ({ databaseCores }) => about(databaseCores)),
    row('cores of the databases for fresh rows of accounts', 'extrapolated', ({ rowCores }) =>
      about(rowCores),
    ),
    row('writes to disk a second, at most', 'computed', ({ diskWrites }) => about(diskWrites)),
    row('bytes of sessions: what memory should hold', 'extrapolated', ({ sessionBytes }) =>
      inBytes(sessionBytes),
    ),
    row('WAL of refreshes a second, without images of pages', 'extrapolated', ({ walPerSecond }) =>
      inBytes(walPerSecond),
    ),
    row('bytes an account', 'computed', ({ bytesPerAccount }) => inBytes(bytesPerAccount)),
    row('bytes in all, one copy', 'extrapolated', ({ bytes }) => inBytes(bytes)),
    row('databases', 'extrapolated', ({ shards }) => about(shards)),
    row('revocations that each process remembers', 'computed', ({ remembered }) => about(remembered)),
    row('their memory, in each process', 'extrapolated', ({ rememberedBytes }) => inBytes(rememberedBytes)),
    row('messages to all processes, a second', 'computed', ({ feedBytes }) => inBytes(feedBytes)),
    row('cores of the databases for the look once a second', 'extrapolated', ({ lookingCores }) =>
      about(lookingCores),
    ),
  ]);
}

/** @param {Simulation} simulation */
function fed({ feeds }) {
  const rows = feeds.map((feed) => [
    `10${{ 6: '⁶', 8: '⁸', 9: '⁹' }[Math.log10(feed.accounts)] ?? ''}`,
    feed.shards === 1 ? 'one' : `one of ${feed.shards}`,
    feed.mode === 'told' ? 'NOTIFY' : 'looking',
    about(feed.perSecond),
    about(feed.processes),
    feed.mode === 'told' ? `${about(feed.lockWait)} ms` : '—',
    `${about(feed.p50)} ms`,
    `${about(feed.p99)} ms`,
    about(feed.reads),
    about(feed.databaseCores),
  ]);
  return table([
    [
      'accounts',
      'database',
      'told by',
      'ended a second',
      'processes',
      'lock, p99',
      'p50',
      'p99',
      'reads a second',
      'cores of the database',
    ],
    ...rows,
  ]);
}
