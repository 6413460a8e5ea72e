import { expect, test } from 'vitest';
import { readTabMessage } from '../../../client/lib/session/tab-message.ts';
import { ADA } from '../support/browser.ts';
import { NOTICE } from '../support/streams.ts';

const grant = { accessToken: 'token', expiresAt: 2, lifetime: 1, user: ADA };

test.each([
  [{ kind: 'signed_in', grant }],
  [{ kind: 'renewed', grant, previous: 'token before', askedAt: 1 }],
  [{ kind: 'renewed', grant, previous: undefined, askedAt: 1 }],
  [{ kind: 'profile', user: ADA }],
  [{ kind: 'signed_out', accessToken: 'token', askedAt: 1 }],
  [{ kind: 'signed_out', accessToken: undefined, askedAt: 1 }],
  [{ kind: 'ended', cause: 'reuse', accessToken: 'token' }],
  [{ kind: 'ended', cause: 'expired', accessToken: 'token' }],
  [{ kind: 'live_wanted' }],
  [{ kind: 'live_over', userId: ADA.id }],
  [{ kind: 'notice_read', id: NOTICE.id }],
  [{ kind: 'live', userId: ADA.id, rank: 0.5, isNews: true, notices: [NOTICE] }],
  [{ kind: 'live', userId: ADA.id, rank: 0.5, isNews: true, notices: undefined }],
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
  [{ kind: 'signed_in' }],
  [{ kind: 'signed_in', grant: { ...grant, accessToken: undefined } }],
  [{ kind: 'signed_in', grant: { ...grant, expiresAt: Number.NaN } }],
  [{ kind: 'renewed', previous: 'token', askedAt: 1 }],
  [{ kind: 'renewed', grant, previous: null, askedAt: 1 }],
  [{ kind: 'renewed', grant, previous: 'token' }],
  [{ kind: 'signed_out', accessToken: 1, askedAt: 1 }],
  [{ kind: 'signed_in', grant: { ...grant, user: { id: 1 } } }],
  [{ kind: 'profile', user: {} }],
  [{ kind: 'ended', cause: 'reuse' }],
  [{ kind: 'ended', cause: 'something_newer', accessToken: 'token' }],
  [{ kind: 'ended', cause: 'toString', accessToken: 'token' }],
  [{ kind: 'live_over' }],
  [{ kind: 'live', rank: 0.5, isNews: true, notices: [] }],
  [{ kind: 'live', userId: ADA.id, isNews: true, notices: [] }],
  [{ kind: 'live', userId: ADA.id, rank: 0.5, notices: [] }],
  [{ kind: 'notice_read' }],
  [{ kind: 'live', userId: ADA.id, rank: 0.5, isNews: true, notices: null }],
  [
    {
      kind: 'live',
      userId: ADA.id,
      rank: 0.5,
      isNews: true,
      notices: [{ ...NOTICE, kind: 'something_newer' }],
    },
  ],
  [{ kind: 'live', userId: ADA.id, rank: 0.5, isNews: true, notices: [{ ...NOTICE, ip: undefined }] }],
  [
    {
      kind: 'live',
      userId: ADA.id,
      rank: 0.5,
      isNews: true,
      notices: [{ ...NOTICE, dismissible: undefined }],
    },
  ],
])('%o, from another release perhaps, is ignored', (message) => {
  expect(readTabMessage(message)).toBeUndefined();
});
