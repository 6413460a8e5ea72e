import { Agent, request } from 'node:http';
import { onTestFinished } from 'vitest';
import { bearerOf, cookieOf } from '../raced-session.ts';
import { answerTo } from '../../support/fault-proxy.ts';

/** What one browser holds. Every answer that arrives overwrites it, as a browser's cookie jar does. */
export interface Jar {
  cookie?: string | undefined;
  bearer?: string | undefined;
}

/** Calls a procedure with what the jar holds. Whatever is answered is for the witness to judge. */
export type Send = (jar: Jar, procedure: string, input?: unknown) => Promise<'answered' | 'lost'>;

/** Lighter than fetch, which would be most of what the soak does. */
export function createSender(base: string): Send {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  return async (jar, procedure, input) => {
    const outgoing = request(`${base}/trpc/${procedure}`, {
      agent,
      method: procedure === 'auth.me' ? 'GET' : 'POST',
      headers: {
        ...(jar.cookie !== undefined && { Cookie: jar.cookie }),
        ...(jar.bearer !== undefined && { Authorization: `Bearer ${jar.bearer}` }),
        ...(input !== undefined && { 'Content-Type': 'application/json' }),
      },
    });
    outgoing.end(input === undefined ? undefined : JSON.stringify(input));
    const answer = await answerTo(outgoing).catch(() => undefined);
    if (!answer) return 'lost';
    jar.cookie = cookieOf(answer) ?? jar.cookie;
    jar.bearer = bearerOf(answer) ?? jar.bearer;
    return 'answered';
  };
}
