import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { parseRefreshToken } from '../../../server/sessions/refresh-token.ts';
import type { Answer } from '../../support/fault-proxy.ts';
import { bearerOf, cookieOf, generationOf } from '../raced-session.ts';

const REFRESH = '/trpc/auth.refresh';

/** What the server has given out for one session, and how its driver means it to stand. */
export interface Line {
  /** `ending`: its sign-out is under way, and either answer is right. */
  state: 'live' | 'ending' | 'ended';
  cookies: Map<number, string>;
  bearers: string[];
  newest: number;
}

/** Stands between callers and server, remembers every token that leaves it, and judges every answer. */
export interface Witness {
  /** Call when a request is about to reach the server; what it returns, with the answer. */
  watch(request: IncomingMessage): (answer: Answer) => void;
  /** Of the session that a cookie belongs to. */
  lineOf(cookie: string | undefined): Line;
  lines(): Line[];
  rotations(): number;
  falseSignOuts(): number;
  /** What must never happen and did. */
  breaches: string[];
}

export function createWitness(): Witness {
  const lines = new Map<string, Line>();
  const bearers = new Map<string, Line>();
  const breaches: string[] = [];
  let rotations = 0;
  let falseSignOuts = 0;

  const lineOf = (cookie: string | undefined): Line => {
    const presented = parseRefreshToken((cookie ?? '').replace(/^\w+=/, ''));
    if (!presented) throw new Error(`not a refresh cookie: ${cookie}`);
    const { sessionId } = presented;
    const line = lines.get(sessionId) ?? { state: 'live', cookies: new Map(), bearers: [], newest: 0 };
    lines.set(sessionId, line);
    return line;
  };

  function remember(answer: Answer): void {
    const [cookie, bearer] = [cookieOf(answer), bearerOf(answer)];
    if (cookie === undefined) return;
    const line = lineOf(cookie);
    const generation = generationOf(cookie);
    const known = line.cookies.get(generation);
    if (known === undefined && generation > 0) rotations += 1;
    if (known !== undefined && known !== cookie) breaches.push(`two successors: ${known} and ${cookie}`);
    line.cookies.set(generation, cookie);
    line.newest = Math.max(line.newest, generation);
    if (bearer === undefined) return;
    line.bearers.push(bearer);
    bearers.set(bearer, line);
  }

  return {
    breaches,
    lineOf,
    lines: () => [...lines.values()],
    rotations: () => rotations,
    falseSignOuts: () => falseSignOuts,
    watch({ url = '', headers }) {
      const line = lineOfCall(url, headers);
      const [stateBefore, newestBefore] = [line?.state, line?.newest ?? 0];
      return (answer) => {
        remember(answer);
        const refusal = refusalOf(answer);
        const said = `${url} answered ${answer.status} ${refusal ?? ''}`;
        if (answer.status !== 200 && answer.status !== 401) breaches.push(said);
        if (!line) return;
        if (refusal !== undefined && line.state === 'live') {
          falseSignOuts += 1;
          breaches.push(`of a live session, ${said}`);
        }
        if (stateBefore === 'ended' && refusal !== 'session_revoked')
          breaches.push(`with a token of an ended session, ${said}`);
        const given = url === REFRESH ? cookieOf(answer) : undefined;
        if (given !== undefined && generationOf(given) < newestBefore)
          breaches.push(`generation ${generationOf(given)} was given out after ${newestBefore}`);
      };
    },
  };

  /** The session that a call stands on. Signing in and out is nobody's to refuse. */
  function lineOfCall(url: string, { cookie, authorization = '' }: IncomingHttpHeaders): Line | undefined {
    if (url === REFRESH) return lineOf(cookie);
    return url === '/trpc/auth.me' ? bearers.get(authorization.replace('Bearer ', '')) : undefined;
  }
}

function refusalOf({ status, body }: Answer): string | undefined {
  return status === 200 ? undefined : (/"reason":"(\w+)"/.exec(body.toString())?.[1] ?? 'no reason');
}
