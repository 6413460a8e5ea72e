import { afterEach, expect, test, vi } from 'vitest';
import { patientFetch } from '../../../client/lib/api/patient-fetch.ts';
import { readFailure } from '../../../client/lib/failure.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A server that takes the request and never answers. */
function stubStalledFetch(): void {
  vi.stubGlobal('fetch', (_: string, { signal }: { signal: AbortSignal }) => {
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  });
}

test.each([
  ['by itself', undefined],
  ['although the caller could cancel it', new AbortController().signal],
])('a call that stalls fails %s, as one that the server did not answer', async (_, signal) => {
  stubStalledFetch();
  const timeOut = new AbortController();
  const call = patientFetch('http://localhost', { signal }, timeOut.signal);
  timeOut.abort(new DOMException('time is up', 'TimeoutError'));
  const failure = await call.catch(readFailure);
  expect(failure).toEqual({ reason: 'unreachable', issues: [] });
});

test('a call can still be cancelled, also where signals cannot be joined by the browser', async () => {
  stubStalledFetch();
  vi.spyOn(AbortSignal, 'any').mockImplementation(() => {
    throw new TypeError('AbortSignal.any is not a function');
  });
  const caller = new AbortController();
  const call = patientFetch('http://localhost', { signal: caller.signal });
  caller.abort(new Error('cancelled'));
  await expect(call).rejects.toThrow('cancelled');
});
