import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutDummyHash } from './altered-server.mjs';

const SIGN_IN = readFileSync(join(import.meta.dirname, '../../server/flows/sign-in.ts'), 'utf8');

test('the call that `--without-dummy-hash` takes out is in the source, once', () => {
  expect(withoutDummyHash(SIGN_IN)).toContain('(account ? await deps.hasher.verify(password, ');
});

test.each([
  ['is gone', ''],
  ['stands there twice', SIGN_IN + SIGN_IN],
])('where it %s, the run fails instead of measuring the wrong server', (_, code) => {
  expect(() => withoutDummyHash(code)).toThrow('not once');
});
