import { expect, test } from 'vitest';
import { createTabLock } from '../../client/lib/session/tab-lock.ts';
import { ADA, createBrowser, signedInAs, tokenOf } from '../client/support/browser.ts';
import { createLocks } from '../client/support/locks.ts';
import { createManualTimers } from '../client/support/timers.ts';

// supabase-js#1594, #2013: whoever waited for the lock waited for ever.

test('a listener that asks for a token the moment somebody signs in gets one', async () => {
  const { openTab, timers } = createBrowser();
  const tab = openTab();
  const asked: Promise<string | undefined>[] = [];
  tab.subscribe(() => void asked.push(tokenOf(tab)));
  await tab.signIn(async () => signedInAs(ADA, 'first'));
  await timers.settle();
  expect(await Promise.all(asked)).toEqual(['first']);
});

test('a tab that dies holding the lock delays the others by the patience, and no longer', async () => {
  const timers = createManualTimers();
  const lock = createTabLock({ locks: createLocks(), name: 'refresh', patience: 5000, timers });
  const never = new Promise<string>(() => {});
  void lock.run(() => never);
  const waiting = lock.run(async () => 'served');
  await timers.advance(5000);
  expect(await waiting).toBe('served');
});
