import type { Listening } from './listening.ts';

interface Sent {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  /** An object is sent as JSON, unless it is bytes. */
  body?: string | object;
}

/** The real application without a socket: for what is sent by the thousand. `path` with its leading slash. */
export async function inject(
  { app }: Pick<Listening, 'app'>,
  path: string,
  { method = 'POST', headers = {}, body }: Sent = {},
): Promise<Response> {
  const {
    statusCode,
    headers: answered,
    payload,
  } = await app.http.inject({
    method,
    url: path,
    headers,
    ...(body !== undefined && { payload: body }),
  });
  const list = Object.entries(answered).flatMap(([name, value = []]) =>
    [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  return new Response(payload, { status: statusCode, headers: list });
}
