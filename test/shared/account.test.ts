import { describe, expect, test } from 'vitest';
import { loginInput, registerInput, updateProfileInput } from '../../shared/account.ts';

const registration = { email: 'ada@example.com', password: 'a lantern for the long night' };

function accepts(input: unknown): boolean {
  return registerInput.safeParse(input).success;
}

describe('a registration', () => {
  test('needs an address and a password, and may bring a name', () => {
    expect(accepts(registration)).toBe(true);
    expect(accepts({ ...registration, name: 'Ada' })).toBe(true);
    expect(accepts({ email: registration.email })).toBe(false);
    expect(accepts({ password: registration.password })).toBe(false);
  });

  test.each([
    ['null', null],
    ['a list', [registration]],
    ['text', JSON.stringify(registration)],
    ['a list as address', { ...registration, email: [registration.email] }],
    ['an object as password', { ...registration, password: { $ne: '' } }],
    ['a number as password', { ...registration, password: 123_456_789_012_345 }],
    ['null as name', { ...registration, name: null }],
    ['an empty password', { ...registration, password: '' }],
    ['a password of a lone surrogate', { ...registration, password: `${registration.password}\ud800` }],
    ['a password of 1,025 characters', { ...registration, password: 'x'.repeat(1025) }],
    ['a field of 100,000 characters', { ...registration, name: 'x'.repeat(100_000) }],
    ['a name with a line break inside', { ...registration, name: 'Ada\nAdmin' }],
    ['a name that reverses the text', { ...registration, name: 'Ada\u202enimda' }],
  ])('that is or has %s is refused', (_, input) => {
    expect(accepts(input)).toBe(false);
  });

  test('keeps nothing that it does not know', () => {
    const parsed = registerInput.parse({ ...registration, id: 'chosen', emailVerified: true, role: 'admin' });
    expect(Object.keys(parsed).toSorted()).toEqual(['email', 'password']);
  });

  test('takes no property from a prototype', () => {
    const parsed = registerInput.parse(
      JSON.parse(`{"__proto__":{"name":"x"},"email":"a@example.com","password":"p"}`),
    );
    expect(parsed.name).toBeUndefined();
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });
});

describe('a name', () => {
  const nameOf = (name: string) => updateProfileInput.safeParse({ name }).data?.name;

  test.each([
    ['is trimmed', '  Ada ', 'Ada'],
    ['loses what was pasted unseen, and is trimmed then', '\ufeff Ada\u200b \u2060', 'Ada'],
    ['keeps the joiners of an emoji', '👩\u200d💻', '👩\u200d💻'],
    ['may not reverse the text', 'A\u202eda', undefined],
    ['may be empty', '', ''],
    ['is composed', 'Ame\u0301lie', 'Am\u00e9lie'],
    ['may be 100 characters', 'x'.repeat(100), 'x'.repeat(100)],
    ['may be 100 characters of two UTF-16 units', '🦉'.repeat(100), '🦉'.repeat(100)],
    ['may not be 101 characters', 'x'.repeat(101), undefined],
    ['may not be 101 characters only once it is composed', '\u0958'.repeat(51), undefined],
    ['may not have a control character', 'A\u0007da', undefined],
  ])('%s', (_, typed, name) => {
    expect(nameOf(typed)).toBe(name);
  });
});

test('signing in is laxer than registering: an imported account may own a password that would be refused today', () => {
  expect(loginInput.safeParse({ email: 'ada@example.com', password: 'x' }).success).toBe(true);
  expect(loginInput.safeParse({ email: 'ada@example.com', password: 'tab\tand\0nul' }).success).toBe(true);
  expect(
    loginInput.safeParse({ email: 'ada@example.com', password: 'x', scope: 'y'.repeat(1001) }).success,
  ).toBe(false);
});
