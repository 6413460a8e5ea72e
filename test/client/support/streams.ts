import type { OpenStream } from '../../../client/lib/api/live-stream.ts';
import { createLive, type Live } from '../../../client/lib/live/live.ts';
import type { Session } from '../../../client/lib/session/session.ts';
import type { EndReason, Reason } from '../../../shared/reasons.ts';
import type { LiveEvent, Notice } from '../../../shared/session.ts';
import { ADA, type createBrowser } from './browser.ts';

export const NOTICE: Notice = {
  id: '0193a0b0-0000-7000-8000-000000000001',
  kind: 'new_device',
  createdAt: '2026-11-24T11:58:00.000Z',
  sessionId: '0193a0b0-0000-7000-8000-000000000002',
  ip: '203.0.113.7',
  device: 'Firefox on Linux',
  dismissible: true,
};

interface Stream {
  accessToken: string;
  hear: (event: LiveEvent) => void;
  /** As a server does that stops, or when the token has expired. */
  complete: () => void;
  fail: (error: Error) => void;
}

/** What `error.data` of a refused call says. */
export function refusal(reason: Reason, more: { ended?: EndReason; retryAfter?: number } = {}): Error {
  return Object.assign(new Error(reason), { data: { reason, ...more } });
}

/** The server's side of the live link: the streams that are open, and how many there have been. */
export function createStreams() {
  const open: Stream[] = [];
  const opened: string[] = [];
  /** Tests replace it: what becomes of a stream as soon as it is opened. */
  const server = { answer: (_stream: Stream): void => {} };

  const openStream: OpenStream = (accessToken, { signal, hear }) =>
    new Promise((resolve, reject) => {
      const close = (): void => void (open.includes(stream) && open.splice(open.indexOf(stream), 1));
      const stream: Stream = {
        accessToken,
        hear,
        complete() {
          close();
          resolve();
        },
        fail(error) {
          close();
          reject(error);
        },
      };
      if (signal.aborted) return resolve();
      signal.addEventListener('abort', stream.complete);
      opened.push(accessToken);
      open.push(stream);
      server.answer(stream);
    });

  return { open, opened, server, openStream };
}

interface LiveOptions {
  random?: () => number;
  isVisible?: () => boolean;
  userId?: string;
}

/** A signed-in screen in this tab. */
export function startLive(
  { locks, timers }: Pick<ReturnType<typeof createBrowser>, 'locks' | 'timers'>,
  { session, openStream }: { session: Session; openStream: OpenStream },
  { isVisible = () => true, random = () => 0, userId = ADA.id }: LiveOptions = {},
): Live {
  const live = createLive({ session, userId, openStream, locks, timers, random, isVisible });
  live.start();
  return live;
}
