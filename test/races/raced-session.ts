import { parseRefreshToken } from '../../server/sessions/refresh-token.ts';
import { signedInSchema } from '../../shared/account.ts';
import { dataOf, readRefusal } from '../support/answers.ts';
import type { TestClock } from '../support/clock.ts';
import { startFaultProxy, type Answer, type Fault } from '../support/fault-proxy.ts';
import { createWebClient, type WebClient } from '../support/web-client.ts';

/** One session, everybody who calls with it, and everything that the server has ever given out for it. */
export interface RacedSession {
  email: string;
  /** The cookie that all callers begin with. */
  first: string;
  /** Seen where they left the server, so that an answer which was lost on the way counts like any other. */
  cookies: Set<string>;
  bearers: Set<string>;
  /** Ports of the processes that serve it, where they are several: one hears from another within moments. */
  processes: readonly number[] | undefined;
  /** Somebody who holds `first`, behind a proxy of their own. */
  caller(fault?: Fault, port?: number): Promise<WebClient>;
  callers(count: number, fault?: Fault): Promise<WebClient[]>;
}

/** Where a race takes place: at a server, or at a load balancer with several behind it. */
export interface Place {
  port: number;
  processes?: readonly number[];
}

/** With a clock by which a race may take as long as the grace window. */
export type TimedPlace = Place & { clock: TestClock };

/** Signs in at the server that listens there, with a new account unless an `existing` one is named. */
export async function openSession(
  { port, processes }: Place,
  { existing }: { existing?: string } = {},
): Promise<RacedSession> {
  const email = existing ?? newEmail();
  const session: RacedSession = {
    email,
    first: '',
    cookies: new Set(),
    bearers: new Set(),
    processes,
    async caller(fault = {}, toPort = port) {
      const client = createWebClient(await startFaultProxy(toPort, () => witnessed(session, fault)));
      client.cookie = session.first || undefined;
      return client;
    },
    callers: (count, fault) => Promise.all(Array.from({ length: count }, () => session.caller(fault))),
  };
  const browser = await session.caller();
  await (existing === undefined ? browser.register(email) : browser.signIn(email));
  session.first = browser.cookie ?? '';
  return session;
}

export function newEmail(): string {
  return `${crypto.randomUUID()}@example.com`;
}

function witnessed({ cookies, bearers }: RacedSession, fault: Fault): Fault {
  return {
    ...fault,
    answer(answer) {
      const [cookie, bearer] = [cookieOf(answer), bearerOf(answer)];
      if (cookie !== undefined) cookies.add(cookie);
      if (bearer !== undefined) bearers.add(bearer);
      return fault.answer?.(answer) ?? 'pass';
    },
  };
}

export function cookieOf({ headers }: Answer): string | undefined {
  const line = headers.find((text) => text.startsWith('sallyport_refresh=spr_'));
  return line?.split(';')[0];
}

export function bearerOf({ status, body }: Answer): string | undefined {
  return status === 200 ? /"accessToken":"([^"]+)"/.exec(body.toString())?.[1] : undefined;
}

/** How often the session had been rotated when this cookie was given out. */
export function generationOf(cookie: string): number {
  const generation = parseRefreshToken(cookie.replace(/^\w+=/, ''))?.generation;
  if (generation === undefined) throw new Error(`not a refresh cookie: ${cookie}`);
  return generation;
}

/** 'succeeded', the reason of the refusal, or 'lost' when no answer came. */
export async function attemptRefresh(client: WebClient): Promise<string> {
  const response = await client.mutate('auth.refresh').catch((error: unknown) => {
    // What fetch throws when the connection fails (Fetch §5.6); anything else is a fault of the test.
    if (error instanceof TypeError) return undefined;
    throw error;
  });
  // A load balancer's word for a server that hung up (RFC 9110 §15.6.3).
  if (!response || response.status === 502) return 'lost';
  if (!response.ok) return readRefusal(response.status, await response.text()).reason;
  client.bearer = (await dataOf(response, signedInSchema)).accessToken;
  return 'succeeded';
}

/** As the browser's client does it: an answer that did not come is asked for once more. */
export async function refresh(client: WebClient): Promise<string> {
  const outcome = await attemptRefresh(client);
  return outcome === 'lost' ? attemptRefresh(client) : outcome;
}

export function allRefresh(clients: WebClient[]): Promise<string[]> {
  return Promise.all(clients.map(refresh));
}
