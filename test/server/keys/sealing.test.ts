import { describe, expect, test } from 'vitest';
import { seal, unseal } from '../../../server/keys/sealing.ts';

describe('a sealed value', () => {
  test('opens only with its secret and its name, and only unchanged', () => {
    const sealed = seal('secret', 'name', 'plaintext');
    expect(unseal('secret', 'name', sealed)).toBe('plaintext');
    expect(unseal('other', 'name', sealed)).toBeUndefined();
    expect(unseal('secret', 'other', sealed)).toBeUndefined();
    expect(unseal('secret', 'name', `A${sealed.slice(1)}`.replace(/^AA/, 'BA'))).toBeUndefined();
    expect(unseal('secret', 'name', '')).toBeUndefined();
  });

  test('never looks the same twice', () => {
    expect(seal('secret', 'name', 'plaintext')).not.toBe(seal('secret', 'name', 'plaintext'));
  });
});
