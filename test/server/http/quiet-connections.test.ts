import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { listen } from '../../support/listening.ts';

test('a connection that never sent a byte does not hold up a drain', async () => {
  const { app, port } = await listen();
  const accepted = once(app.http.server, 'connection');
  const silent = connect({ port, host: '127.0.0.1' });
  await accepted;
  const ended = once(silent.resume(), 'close');
  await app.close();
  await ended;
  expect(silent.destroyed).toBe(true);
});
