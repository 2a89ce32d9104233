import { sql, type RawBuilder } from 'kysely';
import { countRows, lawOn, type Transaction } from '../../platform/index.ts';
import { CEILING_HOURS } from '../../law/index.ts';

/** By the law of the day of the opt-out. */
const hours = sql.raw(lawOn('e.occurred_at', CEILING_HOURS, String));

const ceiling = sql`(e.occurred_at + make_interval(hours => ${hours}))`;

/** Says whether the opt-out `e` was recorded past the ceiling of manual ways (OPT-02). */
export const isLate: RawBuilder<boolean> = sql`(e.recorded_at > ${ceiling})`;

/**
 * Says whether its person could still be written to when the ceiling passed. People who came into this ledger later
 * could not: another system's list of STOPs has old dates, and harms nobody.
 */
export const wasSendable: RawBuilder<boolean> = sql`EXISTS (
  SELECT 1 FROM consent_event g
   WHERE g.tenant_id = e.tenant_id AND g.contact_id = e.contact_id AND g.kind IN ('granted', 'confirmed', 'reinstated')
     AND g.barred IS NULL AND (e.purpose = 'all' OR g.purpose = e.purpose)
     AND g.occurred_at <= e.occurred_at AND g.recorded_at <= ${ceiling}
     AND NOT EXISTS (
           SELECT 1 FROM consent_event w
            WHERE w.tenant_id = g.tenant_id AND w.contact_id = g.contact_id
              AND w.kind IN ('withdrawn', 'objected', 'expired') AND w.purpose IN (g.purpose, 'all')
              AND w.occurred_at >= g.occurred_at AND w.recorded_at <= ${ceiling}))`;

/** Counts opt-outs recorded too late since an instant of the law clock, of people who could be written to meanwhile. */
export async function lateOptOutsSince(tx: Transaction, since: string): Promise<number> {
  const row = await tx.first(countRows.sql`
    SELECT count(*)::int AS count FROM consent_event e
     WHERE e.tenant_id = ${tx.tenantId}::uuid AND e.kind IN ('withdrawn', 'objected')
       AND e.recorded_at > ${since}::timestamptz AND ${isLate} AND ${wasSendable}`);
  return row?.count ?? 0;
}
