import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** Stores the wait of a series, for the scheduler and for people. */
export async function keepSeriesPlan(
  tx: Transaction,
  id: string,
  plan: { readonly nextActionAt: string | null; readonly waiting: unknown },
): Promise<void> {
  await tx.run(sql`
    UPDATE reminder_series SET next_action_at = ${plan.nextActionAt}::timestamptz, woken_at = NULL,
           waiting = ${plan.waiting === null ? null : JSON.stringify(plan.waiting)}::jsonb
     WHERE id = ${id}::uuid`);
}

/** Notes that a series is at work: it needs no signal until it plans anew. */
export async function noteAwake(tx: Transaction, id: string): Promise<void> {
  await tx.run(
    sql`UPDATE reminder_series SET woken_at = clock_timestamp() WHERE id = ${id}::uuid AND woken_at IS NULL`,
  );
}
