import { expect } from 'vitest';
import { outcomeOfCall } from './answers.ts';
import type { Listening } from './listening.ts';
import { SECRET } from './secret.ts';
import { GOOD_PASSWORD } from './world.ts';

const ERROR = 50;

/**
 * After hostile input: the server is healthy, the account that `ada@example.com` registered beforehand still
 * signs in, and nothing in the log is an error or a secret.
 */
export async function expectUnharmed(server: Listening, secrets: string[] = []): Promise<void> {
  const health = await fetch(`${server.base}/readyz`);
  expect(health.status).toBe(200);
  const ada = server.client();
  await ada.signIn();
  expect(await outcomeOfCall(await ada.query('auth.me'))).toBe('succeeded');
  expect(await outcomeOfCall(await ada.mutate('auth.refresh'))).toBe('succeeded');

  const errors = server.logLines.filter((line) => JSON.parse(line).level >= ERROR);
  expect(errors).toEqual([]);
  const [, refreshToken = ''] = (ada.cookie ?? '').split('=');
  const hidden = [GOOD_PASSWORD, SECRET, ada.bearer ?? '', refreshToken, ...secrets];
  const log = server.logLines.join('');
  expect(hidden.filter((secret) => log.includes(JSON.stringify(secret).slice(1, -1)))).toEqual([]);
}
