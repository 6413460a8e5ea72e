import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBindingFault } from '../../../server/db/binding.ts';
import { temporaryFolder } from '../../support/folder.ts';

const AS_IN_A_BINARY = '\0_ZN4node28RemoveEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_\0';

function binding(content: string): string {
  const file = join(temporaryFolder(), 'better_sqlite3.node');
  writeFileSync(file, content);
  return file;
}

test('a binding that would end the process at some collection is found before it does', () => {
  expect(findBindingFault(binding(AS_IN_A_BINARY))).toMatch(
    /^better-sqlite3 was compiled .*npm rebuild better-sqlite3$/,
  );
  expect(findBindingFault(binding(AS_IN_A_BINARY.replace('28Remove', '25Add')))).toBeUndefined();
});

test('the binding that is installed here is none of those', () => {
  expect(findBindingFault()).toBeUndefined();
});
