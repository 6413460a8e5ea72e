import { expect, test, vi } from 'vitest';
import { RequestLog } from '../../../server/http/request-log.ts';
import { createLogger } from '../../../server/lib/logger.ts';

function logAt(level: string) {
  const lines: string[] = [];
  const parent = createLogger(level, { destination: { write: (line) => void lines.push(line) } });
  const log = new RequestLog(parent, { reqId: 'r-1' });
  return { log, parent, written: () => lines.map((line): unknown => JSON.parse(line)) };
}

test.each(['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)(
  'a line at %s has the request’s id, and what its child is about',
  (level) => {
    const { log, written } = logAt('trace');
    log[level]({ status: 200 }, 'request');
    log.child({ traceId: 't' }).child({ spanId: 's' })[level]('within');
    expect(written()).toEqual([
      expect.objectContaining({ reqId: 'r-1', status: 200, msg: 'request' }),
      expect.objectContaining({ reqId: 'r-1', traceId: 't', spanId: 's', msg: 'within' }),
    ]);
  },
);

test('secrets are taken out of lines and of what they are about', () => {
  const { log, written } = logAt('info');
  log.child({ token: 'a lantern' }).info({ password: 'a lantern' }, 'said');
  expect(written()).toEqual([expect.objectContaining({ token: '[Redacted]', password: '[Redacted]' })]);
});

test('what is below the level is not said, and makes no logger', () => {
  const { log, parent, written } = logAt('warn');
  const made = vi.spyOn(parent, 'child');
  log.info('said');
  log.silent();
  expect([written(), made.mock.calls, log.level]).toEqual([[], [], 'warn']);
});

test('a route may have a level of its own', () => {
  const { log, parent, written } = logAt('info');
  const quiet = new RequestLog(parent, { reqId: 'r-2' }, { level: 'warn' });
  quiet.info('of the route');
  quiet.child({}).info('of its child');
  log.info('of another');
  expect(written()).toEqual([expect.objectContaining({ reqId: 'r-1', msg: 'of another' })]);
  expect(quiet.level).toBe('warn');
});
