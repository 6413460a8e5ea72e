// @ts-check
import { post, postForm } from '../bench/load.mjs';
import { PASSWORD } from './people.mjs';

/**
 * @typedef {import('./people.mjs').Kind} Kind
 *
 * @typedef {object} Experiment
 * @property {readonly Kind[]} kinds  each is compared with `unknown`
 * @property {number} cost  BCRYPT_COST
 * @property {number} status  that every answer has
 * @property {(email: string, kind: Kind) => string} request
 * @property {number} people  addresses of each kind, so that the place of one row decides nothing
 * @property {true} [fresh]  asking makes an unknown address a known one, so each is asked for once
 * @property {number} [accepted]  microseconds by which the medians may differ, whatever t is
 */

const PEOPLE = 40;

/** As long as the right one. */
const WRONG_PASSWORD = 'a lantern for the long sight';

/** @type {readonly Kind[]} */
const KINDS = [
  'unknown',
  'known',
  'unverified',
  'pending',
  'disabled',
  'no password',
  'corrupt hash',
  'to be erased',
];

/** Where nobody gets in, the right password is tried: whoever has it may not learn either that there is an account. @param {Kind} kind */
const passwordFor = (kind) => (kind === 'disabled' || kind === 'pending' ? PASSWORD : WRONG_PASSWORD);

/** @type {Experiment['request']} */
const signIn = (email, kind) => post('/trpc/auth.login', { email, password: passwordFor(kind) });

/** @type {Record<string, Experiment>} */
export const EXPERIMENTS = {
  'sign-in': { kinds: KINDS, cost: 4, people: PEOPLE, status: 401, request: signIn },
  token: {
    kinds: KINDS,
    cost: 4,
    people: PEOPLE,
    status: 400,
    request: (username, kind) =>
      postForm('/oauth/token', { grant_type: 'password', username, password: passwordFor(kind) }),
  },
  register: {
    kinds: KINDS,
    cost: 4,
    status: 200,
    request: (email) => post('/trpc/auth.register', { email, password: PASSWORD }),
    fresh: true,
    // What was asked for an address before waits in the database and is looked through: a microsecond each. Unknown addresses
    // have nothing of the kind, so the others may not have much.
    people: 1000,
  },
  forgot: {
    kinds: KINDS,
    cost: 4,
    people: PEOPLE,
    status: 200,
    request: (email) => post('/trpc/password.forgot', { email }),
  },
  // bcrypt knows no cost below 4, so it takes one more to have an older one. The missing work is done in computations of their
  // own, and each of them is set up for some 40 microseconds: one in 6,000 of an answer at cost 12, see docs/SECURITY.md.
  'old-cost': {
    kinds: ['unknown', 'known', 'old cost'],
    cost: 5,
    people: PEOPLE,
    status: 401,
    request: signIn,
    accepted: 100,
  },
};
