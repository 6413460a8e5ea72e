import { expect, test } from 'vitest';
import { outcomeOfCall } from '../support/answers.ts';
import { builtServer } from '../support/built-server.ts';
import { temporaryFolder } from '../support/folder.ts';
import { startProcess, type ServerProcess } from '../support/server-process.ts';
import { createWebClient } from '../support/web-client.ts';

const main = builtServer();

// By the budget of an address, which no slow machine outlasts: a hundred in a quarter of an hour.

/** Over all of them, as many at once as their hashing has room for. */
async function guess(servers: ServerProcess[], name: string, many: number): Promise<string[]> {
  const outcomes: string[] = [];
  while (outcomes.length < many) {
    const wave = Array.from({ length: Math.min(32, many - outcomes.length) }, async (_, index) => {
      const client = createWebClient(servers[index % servers.length]?.base ?? '');
      const email = `${name}${outcomes.length + index}@example.com`;
      return outcomeOfCall(await client.mutate('auth.login', { email, password: 'not a lantern at all' }));
    });
    outcomes.push(...(await Promise.all(wave)));
  }
  return outcomes;
}

test('guesses at two processes on one database are one budget, and a kill gives none of it back', async () => {
  const folder = temporaryFolder();
  const start = () => startProcess({ main: main(), folder });
  const [one, two] = [await start(), await start()];
  const outcomes = await guess([one, two], 'a', 130);
  expect(outcomes.filter((outcome) => outcome === 'invalid_credentials')).toHaveLength(100);
  expect(outcomes.filter((outcome) => outcome === 'throttled')).toHaveLength(30);

  for (const { child, exit } of [one, two]) {
    child.kill('SIGKILL');
    await exit;
  }
  expect(await guess([await start()], 'b', 5)).toEqual(Array.from({ length: 5 }, () => 'throttled'));
});
