import { expect, test } from 'vitest';
import { authorizationOf } from '../../../client/lib/api/authorization.ts';

test.each([
  ['no call', [], undefined],
  ['a call without a token', [{}], undefined],
  ['a call with a token', [{ accessToken: 'a' }], 'Bearer a'],
  [
    'a batch, the token of the last to join',
    [{ accessToken: 'a' }, {}, { accessToken: 'b' }, {}],
    'Bearer b',
  ],
  ['a token that is none', [{ accessToken: 1 }], undefined],
])('%s', (_, contexts, authorization) => {
  expect(authorizationOf(contexts).authorization).toBe(authorization);
});
