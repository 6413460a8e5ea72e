import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Keeps a browser without a window from looking for things on the network, and lets root run it. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A Chromium to test with: Playwright's own, or one that is installed, or else fetched: the usual way, and on a
 * Debian machine where that is closed, from its packages. Fails with one line that says what is missing.
 */
export function findBrowser(): string {
  const found = [chromium.executablePath(), ...INSTALLED].find((path) => existsSync(path));
  return found ?? fetchBrowser();
}

function fetchBrowser(): string {
  for (const [program, ...words] of [
    [process.execPath, 'node_modules/@playwright/test/cli.js', 'install', '--with-deps', 'chromium'],
    ['apt-get', 'update'],
    ['apt-get', 'install', '-y', '--no-install-recommends', 'chromium'],
  ]) {
    if (program !== undefined) attempt(program, words);
    const found = [chromium.executablePath(), ...INSTALLED].find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  throw new Error('The browser tests need Chromium: run "npx playwright install --with-deps chromium".');
}

/** One of several ways: its failure shows in that no browser is there afterwards. */
function attempt(program: string, words: string[]): void {
  try {
    execFileSync(program, words, { stdio: 'ignore', timeout: 300_000 });
  } catch {
    process.stderr.write(`${program} ${words.join(' ')} did not bring a browser\n`);
  }
}
