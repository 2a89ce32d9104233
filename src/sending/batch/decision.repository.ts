import { sql } from 'kysely';
import { idRows, type Transaction } from '../../platform/index.ts';
import type { Leave } from '../pace/pace.ts';

/** A decision to store. */
export interface NewDecision {
  readonly id: string;
  readonly batchId: string;
  readonly purpose: string;
  readonly decision: Leave;
  /** The inputs of the decision: instants, margin, clock; no personal data. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly clockRevision: number;
}

/** Stores a verdict with its rules, inputs and versions; never changed afterwards. */
export async function keepDecision(tx: Transaction, record: NewDecision): Promise<void> {
  const { decision } = record;
  await tx.run(sql`
    INSERT INTO decision (id, tenant_id, batch_id, purpose, territory, time_zone, verdict, at, until, profile,
                          rules_version, calendar_version, rules, inputs, clock_revision)
    VALUES (${record.id}, ${tx.tenantId}, ${record.batchId}, ${record.purpose}, ${decision.territory}, ${decision.timeZone},
            ${decision.verdict}, ${decision.at.toISO()}, ${decision.until?.toISO() ?? null}, ${decision.profile},
            ${decision.rulesVersion}, ${decision.calendarVersion}, ${JSON.stringify(decision.rules)}::jsonb,
            ${JSON.stringify(record.inputs)}::jsonb, ${record.clockRevision})`);
}

/** Stores the reason of a batch's wait, once for each moment that it waits for, however often it is planned again. */
export async function keepPostponement(tx: Transaction, record: NewDecision): Promise<void> {
  const { batchId, decision } = record;
  const kept = await tx.first(idRows.sql`
    SELECT id FROM decision WHERE batch_id = ${batchId}::uuid AND verdict = ${decision.verdict} AND at = ${decision.at.toISO()}::timestamptz LIMIT 1`);
  if (kept === undefined) await keepDecision(tx, record);
}
