import { afterEach, beforeEach, expect, vi } from 'vitest';

/** Whatever is written to the console during a test was expected by nobody: it fails the test. */
const noise: unknown[][] = [];

beforeEach(() => {
  noise.length = 0;
  for (const method of ['error', 'warn'] as const)
    vi.spyOn(console, method).mockImplementation((...line: unknown[]) => void noise.push(line));
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(noise, 'written to the console').toEqual([]);
});
