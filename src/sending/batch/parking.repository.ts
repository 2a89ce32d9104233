import { sql } from 'kysely';
import {
  instant,
  col,
  computedRows,
  idRows,
  type Clock,
  type Database,
  type Transaction,
} from '../../platform/index.ts';
import { raise } from '../../company/index.ts';
import { noteAccount } from '../accounts/gateway-account.repository.ts';
import type { Decision } from '../../law/index.ts';
import type { BatchRun } from './batch-run.repository.ts';

/** The trouble of an account that is reported. */
export type Trouble = 'CONFIG' | 'CREDIT' | 'FAILING';

/** Why an order is parked: our code, and the operator's own where it gave one. */
export interface Parking {
  readonly code: 'CONFIG' | 'CREDIT' | 'BUDGET';
  readonly operatorCode?: string;
}

/** Parks a running campaign for an operator; a series and the answers try again by themselves. Reports the account. */
export async function parkOrder(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  run: BatchRun,
  { code, operatorCode }: Parking,
): Promise<void> {
  const { order } = run;
  const at = clock.now().toISO();
  await database.withTenant(run.tenantId, async (tx) => {
    if (order.kind === 'campaign') {
      const parked =
        await tx.run(sql`UPDATE campaign SET status = 'parked', parked_because = ${code}, parked_code = ${operatorCode ?? null}, updated_at = ${at}, revision = revision + 1
        WHERE id = ${order.campaignId} AND status = 'running'`);
      const event = { type: 'campaign.parked', subject: order.campaignId, about: { code } } as const;
      await raise(tx, parked > 0 ? [event] : [], at);
    }
    if (code !== 'BUDGET') await note(tx, clock, { accountId: run.accountId, code });
  });
}

/** Reports an account that cannot send, or fails, while its batch goes on. */
export const tellOfTrouble = (
  { database, clock }: Parameters<typeof parkOrder>[0],
  { tenantId, accountId }: BatchRun,
  code: Trouble,
): Promise<void> => database.withTenant(tenantId, (tx) => note(tx, clock, { accountId, code }));

const note = (
  tx: Transaction,
  clock: Clock,
  { accountId, code }: { readonly accountId: string; readonly code: Trouble },
): Promise<void> =>
  noteAccount(tx, clock, { accountId, state: code.toLowerCase(), at: instant(clock.machine()).toISO() });

/** Most people of one trial. */
export const MOST_PEOPLE = 20;

/** Most messages of trials that are ended at once. */
const MOST = 2_000;

/** Lists the open trials of the transaction's tenant, oldest first. */
export async function openTrials(tx: Transaction): Promise<readonly string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM batch WHERE kind = 'test' AND tenant_id = ${tx.tenantId}::uuid AND state = 'open' ORDER BY id`);
  return rows.map(({ id }) => id);
}

const peopleRows = computedRows({ people: col.number() });

/** Lists the people on whom a campaign was tried in the 24 hours before an instant of the law clock. */
export async function triedSinceYesterday(
  tx: Transaction,
  { campaignId, at }: { readonly campaignId: string; readonly at: string },
): Promise<number> {
  const row = await tx.first(peopleRows.sql`
    SELECT coalesce(sum(size), 0)::int AS people FROM batch
     WHERE kind = 'test' AND tenant_id = ${tx.tenantId}::uuid AND test_of = ${campaignId}::uuid
       AND created_at > ${at}::timestamptz - interval '24 hours'`);
  return row?.people ?? 0;
}

/** Ends ready messages of trials whose campaign is over or changed, or that are a day old. Their batches close at their next turn. */
export async function endTrials(
  tx: Transaction,
  { at, changed = null }: { readonly at: string; readonly changed?: string | null },
): Promise<void> {
  await tx.run(sql`
    WITH over AS MATERIALIZED (
      SELECT m.batch_id, m.seq, p.status IN ('cancelled', 'finished') OR p.id IS NOT DISTINCT FROM ${changed}::uuid AS cancelled
        FROM batch b JOIN campaign p ON p.id = b.test_of
       CROSS JOIN LATERAL (
             SELECT x.batch_id, x.seq FROM message x WHERE x.batch_id = b.id AND x.state = 'ready'
              ORDER BY x.seq LIMIT ${MOST_PEOPLE} FOR UPDATE) m
       WHERE b.kind = 'test' AND b.tenant_id = ${tx.tenantId}::uuid AND b.state = 'open'
         AND (p.status IN ('cancelled', 'finished') OR p.id = ${changed}::uuid OR b.created_at <= ${at}::timestamptz - interval '24 hours')
       LIMIT ${MOST}),
    ended AS (
      UPDATE message m SET state = CASE WHEN o.cancelled THEN 'excluded' ELSE 'expired' END::message_state,
             reason = CASE WHEN o.cancelled THEN 'CANCELLED' ELSE 'EXPIRE_AT' END, not_before = NULL, final_at = ${at}::timestamptz
        FROM over o WHERE m.batch_id = o.batch_id AND m.seq = o.seq AND m.state = 'ready'
      RETURNING m.batch_id, m.state, m.reason)
    INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
    SELECT ${tx.tenantId}::uuid, batch_id, state, reason, count(*) FROM ended GROUP BY batch_id, state, reason
    UNION ALL SELECT ${tx.tenantId}::uuid, batch_id, 'ready'::message_state, NULL, -count(*) FROM ended GROUP BY batch_id`);
}

interface NewDecision {
  readonly id: string;
  readonly batchId: string;
  readonly purpose: string;
  readonly decision: Omit<Decision, 'because'>;
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

/** The answers of operators are received and written by then. */
const SETTLED_AFTER = '5 minutes';
/** Longest period of one check, as after a long absence. */
const LONGEST_CHECK = '1 hour';

const outsideRows = computedRows({ outside: col.number() });

/** Compares the messages handed to operators since the last check with their decisions; returns the number outside. */
export async function watchAttempts(tx: Transaction, machine: string): Promise<number> {
  const row = await tx.first(outsideRows.sql`
    WITH turn AS MATERIALIZED (
      SELECT attempts_seen_at AS since,
             least(attempts_seen_at + ${LONGEST_CHECK}::interval, ${machine}::timestamptz - ${SETTLED_AFTER}::interval) AS until FROM instance),
    judged AS MATERIALIZED (SELECT until, attempts_outside_between(since, until) AS outside FROM turn WHERE until > since)
    UPDATE instance SET attempts_outside = attempts_outside + j.outside, attempts_seen_at = j.until FROM judged j
    RETURNING j.outside::int AS outside`);
  return row?.outside ?? 0;
}

/** Notes that retention has gone through every tenant. */
export async function noteCleaned(tx: Transaction, machine: string): Promise<void> {
  await tx.run(sql`UPDATE instance SET cleaned_at = ${machine}::timestamptz`);
}
