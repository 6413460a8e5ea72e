import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

// CVE-2025-68130 (tRPC prototype pollution), CVE-2026-33468 (Kysely injection)

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));

const { packages } = z
  .object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) })
  .parse(read('package-lock.json'));

const { dependencies, devDependencies } = z
  .object({
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
  })
  .parse(read('package.json'));

/** Every version of a package in the lock file, nested copies included, as comparable numbers. */
function lockedVersions(name: string): number[] {
  return Object.entries(packages)
    .filter(([path]) => path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`))
    .map(([, { version = '' }]) => toNumber(version));
}

/** Releases only: a prerelease of the fixed version would not count as fixed. */
function toNumber(version: string): number {
  const match = /^(\d{1,4})\.(\d{1,4})\.(\d{1,4})$/.exec(version);
  if (!match) throw new Error(`${version} is not a plain release`);
  const [, major, minor, patch] = match.map(Number);
  return ((major ?? 0) * 10_000 + (minor ?? 0)) * 10_000 + (patch ?? 0);
}

describe('no copy in the lock file is older than the fix', () => {
  test.each([
    ['@trpc/server', '11.8.0'],
    ['@trpc/client', '11.8.0'],
    ['kysely', '0.28.17'],
  ])('%s ≥ %s', (name, fixed) => {
    const versions = lockedVersions(name);
    expect(versions.length).toBeGreaterThan(0);
    for (const version of versions) expect(version).toBeGreaterThanOrEqual(toNumber(fixed));
  });
});

test('every dependency is pinned exactly, and locked to just that', () => {
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    expect(packages[`node_modules/${name}`]?.version, name).toBe(version);
  }
});
