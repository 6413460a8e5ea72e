import { expect, test } from 'vitest';
import { foremost } from '../../../client/features/notices/foremost.ts';
import { NOTICE } from '../support/streams.ts';

const signIns = ['1', '2', '3'].map((id) => ({ ...NOTICE, id }));
const reuse = { ...NOTICE, id: 'reuse', kind: 'token_reuse' as const };

test('of sign-ins from new devices the newest are shown', () => {
  expect(foremost(signIns).map(({ id }) => id)).toEqual(['1', '2']);
});

test('a reused token is never buried under sign-ins that came after it', () => {
  expect(foremost([...signIns, reuse]).map(({ id }) => id)).toEqual(['reuse', '1']);
});
