/** Milliseconds. Longer than a full queue of password checks takes, shorter than anybody would wait. */
const PATIENCE = 30_000;

/** `fetch` that gives up: a stalled connection may never fail of itself, and a form would wait with it. */
export function patientFetch(
  input: string | URL | Request,
  init: { signal?: AbortSignal | null | undefined } = {},
  timeOut = AbortSignal.timeout(PATIENCE),
): Promise<Response> {
  // By hand, because AbortSignal.any is younger than some of the browsers that this is built for.
  const call = new AbortController();
  for (const signal of [timeOut, ...(init.signal ? [init.signal] : [])]) {
    if (signal.aborted) call.abort(signal.reason);
    signal.addEventListener('abort', () => call.abort(signal.reason), { signal: call.signal });
  }
  return fetch(input, { ...init, signal: call.signal });
}
