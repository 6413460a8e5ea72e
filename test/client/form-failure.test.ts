import { expect, test, vi } from 'vitest';
import { showFailure } from '../../client/lib/form-failure.ts';
import { lazyResolver } from '../../client/lib/lazy-resolver.ts';

const issue = (field: string, message: string) => ({ path: [field], code: 'custom', message });

test('what the server says of a field stands under that field, and the first of them gets the focus', () => {
  const setError = vi.fn();
  const issues = [issue('scope', 'No.'), issue('password', 'Common.'), issue('email', 'Too long.')];
  showFailure(
    { setError },
    { reason: 'weak_password', issues },
    { fields: ['email', 'password'], online: true },
  );
  expect(setError.mock.calls).toEqual([
    ['password', { message: 'Common.' }, { shouldFocus: true }],
    ['email', { message: 'Too long.' }, { shouldFocus: false }],
  ]);
});

test('what is said of no field that is shown stands with the form', () => {
  const setError = vi.fn();
  showFailure(
    { setError },
    { reason: 'internal', issues: [issue('scope', 'No.')] },
    { fields: ['email'], online: true },
  );
  const message = 'Something went wrong on our side. Try again in a moment.';
  expect(setError.mock.calls).toEqual([['root', { message }]]);
});

test('what concerns somebody who is not signed in any more is not shown', () => {
  const setError = vi.fn();
  showFailure({ setError }, { reason: 'superseded', issues: [] }, { fields: ['email'], online: true });
  expect(setError).not.toHaveBeenCalled();
});

test('a form whose rules cannot be loaded goes out as it is: the server checks it again', async () => {
  const { resolver } = lazyResolver<{ email: string }>(() => Promise.reject(new Error('offline')));
  const options = { fields: {}, shouldUseNativeValidation: false };
  expect(await resolver({ email: 'typed' }, undefined, options)).toEqual({
    values: { email: 'typed' },
    errors: {},
  });
});
