import type { Activity, SecurityEventKind } from '../../shared/activity.ts';
import { listEvents } from '../audit/store.ts';
import { describeDevice } from '../sessions/device.ts';
import type { CallerSession } from './authenticate.ts';
import type { Deps } from './deps.ts';

const PAGE = 30;

/** What happened to the caller's account, the newest first: a page of it, and where the next one begins. */
export async function listActivity(
  { db }: Pick<Deps, 'db'>,
  caller: CallerSession,
  { before }: { before?: string | undefined },
): Promise<Activity> {
  const found = await listEvents(db, { accountId: caller.accountId, before, limit: PAGE + 1 });
  const page = found.slice(0, PAGE);
  const last = page.at(-1);
  return {
    events: page.map((event) => ({
      id: event.id,
      // Boundary: this column is written by audit/store.ts alone.
      kind: event.kind as SecurityEventKind,
      createdAt: new Date(event.created_at).toISOString(),
      ip: event.ip,
      device: describeDevice(event.user_agent).device,
      ...(event.session_id !== null && { sessionId: event.session_id }),
      current: event.session_id === caller.id,
    })),
    ...(found.length > PAGE && last && { next: last.id }),
  };
}
