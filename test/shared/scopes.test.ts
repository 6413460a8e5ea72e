import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALL_SCOPES, grantScopes, isScope, SCOPES } from '../../shared/scopes.ts';

describe('what is granted', () => {
  test.each([
    [undefined, ['profile:read', 'profile:write']],
    ['', ['profile:read', 'profile:write']],
    ['   ', ['profile:read', 'profile:write']],
    ['profile:read', ['profile:read']],
    ['profile:write profile:read', ['profile:read', 'profile:write']],
    ['profile:read profile:read', ['profile:read']],
    ['profile:read admin', ['profile:read']],
    ['admin', []],
    ['PROFILE:READ', []],
    ['profile:read,profile:write', []],
    ['profile:*', []],
    ['toString __proto__ constructor', []],
  ])('for %j is %j', (requested, granted) => {
    expect(grantScopes(requested)).toEqual(granted);
  });

  test('is never more than was asked for, never anything unknown, and nothing twice', () => {
    const asked = fc.array(fc.oneof(fc.constantFrom<string>(...ALL_SCOPES), fc.string()), { minLength: 1 });
    fc.assert(
      fc.property(asked, (words) => {
        const requested = words.join(' ');
        fc.pre(requested.trim() !== '');
        const granted = grantScopes(requested);
        expect(new Set(granted).size).toBe(granted.length);
        for (const scope of granted)
          expect(isScope(scope) && requested.split(' ').includes(scope)).toBe(true);
      }),
    );
  });

  test('can be changed without changing what the next caller is granted', () => {
    grantScopes().pop();
    expect(grantScopes()).toEqual(ALL_SCOPES);
  });
});

test('every scope is explained to the person who grants it', () => {
  for (const explanation of Object.values(SCOPES)) expect(explanation).toMatch(/^[A-Z][^.]+$/);
});
