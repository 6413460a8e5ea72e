/** Milliseconds. Longer than any call takes that will still be answered, shorter than anybody would wait. */
const PATIENCE = 30_000;

/** `fetch` that gives up: a stalled connection may never fail of itself, and a form would wait with it. */
export function patientFetch(
  input: string | URL | Request,
  init: { signal?: AbortSignal | null | undefined } = {},
  timeOut = AbortSignal.timeout(PATIENCE),
): Promise<Response> {
  const signal = init.signal ? AbortSignal.any([init.signal, timeOut]) : timeOut;
  return fetch(input, { ...init, signal });
}
