import { expect, test } from 'vitest';
import { readSettings } from '../../client/lib/settings.ts';

/** A page with one element, and only that: the tests run without a DOM. */
const pageWith = (content: string | null) => {
  // The reader asks for nothing else of it.
  const meta = { getAttribute: () => content } as unknown as Element;
  return { querySelector: () => meta } as unknown as Document;
};

test('the settings are what the server wrote into the page', () => {
  expect(readSettings(pageWith('{"passwordMinLength":12,"mail":"local"}'))).toEqual({
    passwordMinLength: 12,
    mail: 'local',
  });
});

test('a page that was not served by the server is a fault, not a guess', () => {
  expect(() => readSettings(pageWith(null))).toThrow();
  expect(() => readSettings(pageWith('{}'))).toThrow();
});
