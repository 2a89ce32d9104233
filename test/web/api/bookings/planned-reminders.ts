import { sql } from 'kysely';
import { planSeries } from '../../../../src/reminders/series/series-plan.ts';
import type { Served } from '../../server/served.ts';

type World = Pick<Served, 'clock' | 'database' | 'tenantId'>;

/** Each reminder that is planned, with the moment at which it leaves. */
export async function plannedReminders({ database, tenantId }: World): Promise<Map<string, string>> {
  const steps = await database.withTenant(tenantId, (tx) =>
    tx.rows(sql<{ id: string; at: string }>`
      SELECT series_id || ' ' || revision || ' ' || position AS id, iso(planned_at) AS at FROM reminder_step WHERE state = 'planned'`),
  );
  return new Map(steps.map(({ id, at }) => [`reminder ${id}`, at]));
}

/** Every open series is planned again, as its workflow does when it is told to look. */
export async function planAll({ clock, database, tenantId }: World): Promise<void> {
  const open = await database.withTenant(tenantId, (tx) =>
    tx.rows(
      sql<{ id: string }>`SELECT id FROM reminder_series WHERE state IN ('open', 'paused') ORDER BY id`,
    ),
  );
  const send = () => Promise.reject(new Error('nothing is sent here'));
  for (const { id } of open) await planSeries({ database, clock, send }, { tenantId, seriesId: id });
}

/** How many messages a change moved, ended and added. */
export interface Moves {
  moved: number;
  ended: number;
  added: number;
}

/** What happened between two looks, of which null is no departure. */
export function between(
  before: ReadonlyMap<string, string | null>,
  after: ReadonlyMap<string, string | null>,
): Moves {
  const moves = { moved: 0, ended: 0, added: 0 };
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(key) ?? null, after.get(key) ?? null];
    if (from === to) continue;
    if (to === null) moves.ended += 1;
    else if (from === null) moves.added += 1;
    else moves.moved += 1;
  }
  return moves;
}
