import { describe, expect, test } from 'vitest';
import { passwordResolver } from '../../../client/features/password/password-resolver.ts';
import { registrationResolver } from '../../../client/features/register/registration-resolver.ts';
import { estimateStrength } from '../../../shared/password-strength.mjs';

const options = { fields: {}, shouldUseNativeValidation: false };
const OWN_NAME = 'Wojciechowska1987';
const KNOWN = /for somebody who knows your name or address/;

describe('registering', () => {
  test('shows everything that is wrong at once', async () => {
    const values = { name: '', email: 'no address', password: 'short' };
    const { errors } = await registrationResolver({ minLength: 15 })(values, undefined, options);
    expect(errors.email?.message).toBe('Enter an e-mail address, like name@example.com.');
    expect(errors.password?.message).toBe('Use at least 15 characters.');
  });

  test('judges as the server does once the words are there, and lets the server judge before', async () => {
    const values = { name: 'Magda Wojciechowska', email: 'magda@example.com', password: OWN_NAME };
    const late = await registrationResolver({ minLength: 15, estimateStrength })(values, undefined, options);
    expect(late.errors.password?.message).toMatch(KNOWN);
    const early = await registrationResolver({ minLength: 15 })(values, undefined, options);
    expect(early).toEqual({ values, errors: {} });
  });
});

describe('changing the password', () => {
  const policy = { minLength: 15, email: 'magda@example.com', name: 'Magda Wojciechowska' };

  test('shows everything that is wrong at once', async () => {
    const values = { currentPassword: '', newPassword: 'short' };
    const { errors } = await passwordResolver(policy)(values, undefined, options);
    expect(errors.currentPassword?.message).toBe('Enter a password.');
    expect(errors.newPassword?.message).toBe('Use at least 15 characters.');
  });

  test('judges as the server does once the words are there, and lets the server judge before', async () => {
    const values = { currentPassword: 'whatever it was', newPassword: OWN_NAME };
    const late = await passwordResolver({ ...policy, estimateStrength })(values, undefined, options);
    expect(late.errors.newPassword?.message).toMatch(KNOWN);
    expect(await passwordResolver(policy)(values, undefined, options)).toEqual({ values, errors: {} });
  });
});
