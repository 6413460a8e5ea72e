import { expect, test } from 'vitest';
import { readTabMessage } from '../../../client/lib/session/tab-message.ts';
import { ADA } from '../support/browser.ts';

const grant = { accessToken: 'token', expiresAt: 2, lifetime: 1, user: ADA };

test.each([
  [{ kind: 'signed_in', grant }],
  [{ kind: 'renewed', grant }],
  [{ kind: 'profile', user: ADA }],
  [{ kind: 'signed_out' }],
])('%o is read as it was sent', (message) => {
  expect(readTabMessage(message)).toEqual(message);
});

test.each([
  [undefined],
  [null],
  ['signed_out'],
  [[]],
  [{}],
  [{ kind: 'something_newer' }],
  [{ kind: 'renewed' }],
  [{ kind: 'renewed', grant: { ...grant, accessToken: undefined } }],
  [{ kind: 'renewed', grant: { ...grant, expiresAt: Number.NaN } }],
  [{ kind: 'signed_in', grant: { ...grant, user: { id: 1 } } }],
  [{ kind: 'profile', user: {} }],
])('%o, from another release perhaps, is ignored', (message) => {
  expect(readTabMessage(message)).toBeUndefined();
});
