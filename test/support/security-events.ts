import { unpackUserAgent } from '../../server/lib/user-agent.ts';
import type { World } from './world.ts';

/** Oldest first; all kinds when none is named. */
export async function listEvents({ app }: Pick<World, 'app'>, kind?: string) {
  const rows = await app.deps.db.selectFrom('security_events').selectAll().orderBy('id').execute();
  return rows
    .filter((row) => kind === undefined || row.kind === kind)
    .map((row) => ({ ...row, user_agent: unpackUserAgent(row.user_agent) }));
}
