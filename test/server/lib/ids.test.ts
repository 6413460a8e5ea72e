import { expect, test } from 'vitest';
import { firstUuidv7, uuidv7 } from '../../../server/lib/ids.ts';

const NOW = Date.UTC(2026, 10, 28);

test('an id is a UUID of version 7 that tells its millisecond', () => {
  const id = uuidv7(NOW);
  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(NOW);
  expect(firstUuidv7(NOW) < id && id < firstUuidv7(NOW + 1)).toBe(true);
});

test('ids of one millisecond are in the order in which they were made', () => {
  for (let time = NOW; time < NOW + 200; time += 1) {
    const ids = Array.from({ length: 20 }, () => uuidv7(time));
    expect(ids.toSorted()).toEqual(ids);
  }
});

test('no two are the same, however many are made of one millisecond', () => {
  const ids = Array.from({ length: 10_000 }, () => uuidv7(NOW));
  expect(new Set(ids).size).toBe(10_000);
  for (const id of ids) expect(firstUuidv7(NOW) < id && id < firstUuidv7(NOW + 1)).toBe(true);
});
