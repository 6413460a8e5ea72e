import { execFileSync } from 'node:child_process';

/** Whether a program is on this machine. Tools of others are no dependency of the project: without one its tests are skipped. */
export function canRun(command: string, ...words: string[]): boolean {
  try {
    execFileSync(command, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
