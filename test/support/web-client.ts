import { signedInSchema, type SignedIn } from '../../shared/account.ts';
import { dataOf } from './answers.ts';
import { GOOD_PASSWORD } from './world.ts';

type Headers = Record<string, string>;

interface Call {
  headers: Headers;
  method?: string;
  body?: string;
}

/** Calls procedures as curl would, with a cookie jar and the access token of the last sign-in. */
export interface WebClient {
  /** `name=value` of the cookie by which this client is known again. */
  device: string | undefined;
  /** `name=value`, as the server set it last. */
  cookie: string | undefined;
  bearer: string | undefined;
  query(path: string, headers?: Headers): Promise<Response>;
  /** `input` as JSON; nothing when left out. */
  mutate(path: string, input?: unknown, headers?: Headers): Promise<Response>;
  register(email?: string): Promise<SignedIn>;
  signIn(email?: string, password?: string): Promise<SignedIn>;
}

export function createWebClient(base: string): WebClient {
  const client: WebClient = {
    device: undefined,
    cookie: undefined,
    bearer: undefined,
    query: (path, headers) => send(path, { headers: { ...headers } }),
    mutate: (path, input, headers) =>
      send(path, {
        method: 'POST',
        ...(input !== undefined && { body: JSON.stringify(input) }),
        headers: { ...(input !== undefined && { 'Content-Type': 'application/json' }), ...headers },
      }),
    async register(email = 'ada@example.com') {
      return keep(await client.mutate('auth.register', { email, password: GOOD_PASSWORD }));
    },
    async signIn(email = 'ada@example.com', password = GOOD_PASSWORD) {
      return keep(await client.mutate('auth.login', { email, password }));
    },
  };

  async function send(path: string, { headers, ...init }: Call): Promise<Response> {
    const response = await fetch(`${base}/trpc/${path}`, {
      ...init,
      headers: {
        Cookie: [client.cookie, client.device].filter((pair) => pair !== undefined).join('; '),
        ...(client.bearer !== undefined && { Authorization: `Bearer ${client.bearer}` }),
        ...headers,
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      if (pair.includes('_device=')) client.device = pair;
      else client.cookie = pair.endsWith('=') ? undefined : pair;
    }
    return response;
  }

  async function keep(response: Response): Promise<SignedIn> {
    const signedIn = await dataOf(response, signedInSchema);
    client.bearer = signedIn.accessToken;
    return signedIn;
  }

  return client;
}
