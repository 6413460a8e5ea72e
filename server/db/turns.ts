import type { Db } from './connect.ts';

/**
 * True for one of any number of processes that ask, and then for nobody until `until`: milliseconds since the epoch. Whoever
 * has the turn and dies loses it then. A time that lies beyond it can only come from a clock that was wrong, and does not count.
 */
export async function takeTurn(
  db: Db,
  { name, now, until }: { name: string; now: number; until: number },
): Promise<boolean> {
  const taken = await db
    .insertInto('turns')
    .values({ name, until })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ until })
        .where((eb) => eb.or([eb('turns.until', '<=', now), eb('turns.until', '>', until)])),
    )
    .returning('name')
    .executeTakeFirst();
  return taken !== undefined;
}
