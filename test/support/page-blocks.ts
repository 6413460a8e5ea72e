import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './project-copy.ts';

/** The fenced blocks of a page, without the indentation of the list that they stand in. */
function readBlocks(page: string): string[] {
  const text = readFileSync(join(PROJECT_ROOT, page), 'utf8');
  return [...text.matchAll(/^( *)```\w*\n([\s\S]*?)^ *```$/gm)].map(([, indent = '', code = '']) =>
    code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

/** The one block of a page whose first line says what it is, without that line. */
export function findBlock(page: string, firstLine: string): string {
  const block = readBlocks(page).find((code) => code.startsWith(firstLine));
  if (block === undefined) throw new Error(`${page} has no block that begins with ${firstLine}`);
  return block.slice(firstLine.length).trim();
}
