import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  FIRST_WAIT,
  GUESSES,
  LOADS,
  MOST_CONSECUTIVE_FAILURES,
  SPENDINGS,
  type Allowance,
  type Backoff,
} from '../../server/throttle/budgets.ts';
import { EARLY_REVERT_LIFE, LINK_LIFE } from '../../server/mail-tokens/store.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { PROJECT_ROOT } from '../support/project-copy.ts';

const page = readFileSync(join(PROJECT_ROOT, 'docs/SECURITY.md'), 'utf8');

/** The other cells of the row that begins with this. */
function cellsOf(first: string): string[] | undefined {
  const rows = (page.match(/^\|.*\|$/gm) ?? []).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  return rows.find(([name]) => name === first)?.slice(1);
}

/** As the page writes it: `15 min`, `24 h`. */
function inUnits(milliseconds: number, [unit, size]: readonly [string, number]): string {
  return `${milliseconds / size} ${unit}`;
}

const UNITS = { s: ['s', SECOND], min: ['min', MINUTE], h: ['h', HOUR], d: ['d', DAY] } as const;

const WINDOWS: Record<string, { allowance: Allowance; unit: keyof typeof UNITS; place: string }> = {
  'failures at all accounts, from one address': {
    allowance: GUESSES.address,
    unit: 'min',
    place: 'the database',
  },
  ...named(SPENDINGS, 'the database', {
    registerAddress: ['registrations, from one address', 'h'],
    forgotAddress: ['requests for links by mail, from one address', 'h'],
    linkMail: ['links by mail, to one address', 'h'],
    resetMail: ['links that set a new password, to one address', 'h'],
    emailChangeAccount: ['changes of address, of one account', 'h'],
    noticeMail: ['security notices by mail, to one account', 'h'],
  }),
  ...named(LOADS, 'memory', {
    mailTokenAddress: ['links redeemed, from one address', 'min'],
    newPasswordAddress: ['new passwords that are judged, from one address', 'min'],
    exportAccount: ['exports, of one account', 'h'],
    refreshAddress: ['refreshes, from one address', 'min'],
    refreshSession: ['refreshes, of one session', 'min'],
    proofAddress: ['DPoP proofs at the token endpoint, from one address', 'min'],
    clientAddress: ['clients that cannot show who they are, one address', 'min'],
  }),
};

/** Every budget must have its row: a new one does not compile without. */
function named<Name extends string>(
  budgets: Record<Name, Allowance>,
  place: string,
  names: Record<Name, [string, keyof typeof UNITS]>,
) {
  const keys = Object.keys(names).filter((key): key is Name => key in budgets);
  return Object.fromEntries(
    keys.map((key) => [names[key][0], { allowance: budgets[key], unit: names[key][1], place }]),
  );
}

describe('docs/SECURITY.md', () => {
  test.each(Object.entries(WINDOWS))(
    'has the numbers of the code: %s',
    (name, { allowance, unit, place }) => {
      expect(cellsOf(name)).toEqual([String(allowance.most), inUnits(allowance.window, UNITS[unit]), place]);
    },
  );

  test.each<[string, Backoff, keyof typeof UNITS, string, keyof typeof UNITS]>([
    ['at one account, from one address', GUESSES.pair, 'min', '–', 'h'],
    ['at one account, from everywhere', GUESSES.account, 's', '80', 'd'],
    ['at one account, from a known device', GUESSES.device, 'min', '20: then it is a stranger’s', 'd'],
  ])('has the numbers of the code: %s', (name, budget, unit, most, memoryUnit) => {
    const longest = inUnits(budget.longest, UNITS[unit]);
    expect(cellsOf(name)).toEqual([
      String(budget.free),
      `${inUnits(FIRST_WAIT, UNITS.s)}, doubling up to ${longest}`,
      most,
      `${inUnits(budget.memory, UNITS[memoryUnit])} after the last one`,
    ]);
    expect(most === '–' ? Infinity : Number.parseInt(most)).toBe(budget.most);
  });

  test('has the most that an account bears, of which something is left for its owner', () => {
    expect(cellsOf('at one account, all of these')?.[2]).toBe(
      `${MOST_CONSECUTIVE_FAILURES} (NIST SP 800-63B-4 §3.2.2)`,
    );
    expect(MOST_CONSECUTIVE_FAILURES).toBeLessThanOrEqual(100);
    expect(GUESSES.account.most + GUESSES.device.most).toBe(MOST_CONSECUTIVE_FAILURES);
  });

  test.each([
    ['confirm a registration', LINK_LIFE.register, 'h'],
    ['confirm the address of an account', LINK_LIFE.verify_email, 'h'],
    ['set a new password', LINK_LIFE.reset_password, 'min'],
    ['use another address', LINK_LIFE.change_email, 'h'],
    ['keep the former address', EARLY_REVERT_LIFE, 'd'],
    ['take the former address back', LINK_LIFE.revert_email, 'd'],
  ] as const)('has the life of each link: %s', (name, life, unit) => {
    expect(cellsOf(name)?.[1]).toBe(inUnits(life, UNITS[unit]));
  });

  test('names no test and no file that is not there', () => {
    const paths = [...page.matchAll(/`((?:test|server|docs)\/[\w./-]+\.(?:ts|md|mjs))`/g)].map(
      ([, path]) => path,
    );
    for (const path of paths) expect(existsSync(join(PROJECT_ROOT, path ?? '')), path).toBe(true);
    expect(paths.length).toBeGreaterThan(1);
  });

  test('has no row of which the code knows nothing', () => {
    const rows = page.match(/^\|.*\|$/gm) ?? [];
    const own = rows.filter((row) => /\| +(the database|memory) +\|$/.test(row));
    expect(own).toHaveLength(Object.keys(WINDOWS).length);
  });
});
