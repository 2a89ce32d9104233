import { sql } from 'kysely';
import { countRows, type Transaction, type Clock, type Database, type Log } from '../../platform/index.ts';
import { recordAudit, raise, everyTenant } from '../../company/index.ts';
import { idAt } from './consent.repository.ts';

/** People rarely come back: more in an hour points to a program that undoes opt-outs. */
const MOST_RETURNS_AN_HOUR = 10;
const HOUR_MS = 3_600_000;

/** A person who agreed anew after an opt-out; ids and codes only. */
export interface ReturnNews {
  readonly actor: string;
  readonly contactId: string | null;
  readonly eventId: string;
  readonly purpose: string;
  readonly method: string | null;
}

interface Moment {
  readonly at: string;
  readonly machineMs: number;
}

/** Records returns in the caller's transaction; too many within the hour are reported once. */
export async function announceReturns(
  tx: Transaction,
  news: readonly ReturnNews[],
  when: Moment,
): Promise<void> {
  if (news.length === 0) return;
  const rows = news.map(({ actor, contactId, ...details }) => ({
    id: idAt(when.machineMs),
    actor,
    subject: contactId,
    details,
  }));
  await tx.run(sql`
    INSERT INTO audit_entry (id, tenant_id, at, actor, action, subject, details)
    SELECT id, ${tx.tenantId}::uuid, ${when.at}::timestamptz, actor, 'consent.reinstated', subject, details
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, actor text, subject text, details jsonb)`);
  const events = rows.map(({ actor: by, subject, details: { purpose } }) => ({
    type: 'consent.reinstated' as const,
    subject,
    about: { purpose, by },
  }));
  await raise(tx, events, when.at);
  const count = await recentReturns(tx, when.machineMs);
  const before = count - news.length;
  if (count <= MOST_RETURNS_AN_HOUR || before > MOST_RETURNS_AN_HOUR) return;
  await recordAudit(
    tx,
    { actor: 'system', action: 'consent.reinstated-often', details: { count, within: 'PT1H' } },
    when,
  );
}

/** Counts the returns within the hour before that moment of the machine clock. */
async function recentReturns(tx: Transaction, machineMs: number): Promise<number> {
  const from = `${(machineMs - HOUR_MS).toString(16).padStart(12, '0')}00000000000000000000`;
  const row = await tx.first(countRows.sql`
    SELECT count(*)::int AS count FROM audit_entry
     WHERE tenant_id = ${tx.tenantId}::uuid AND action = 'consent.reinstated' AND id >= ${from}::uuid`);
  return row?.count ?? 0;
}

/** Counts the returns of the past hour for the tenant with the most; too many are logged. */
export async function watchReturns(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<number> {
  const { database, clock, log } = deps;
  let most = 0;
  for await (const tenantId of everyTenant((work) => database.outside(work))) {
    const count = await database.withTenant(tenantId, (tx) => recentReturns(tx, clock.machine()));
    if (count > MOST_RETURNS_AN_HOUR)
      log.warn(
        { tenant: tenantId, count },
        'many people agreed anew after a STOP: check the source of these agreements',
      );
    most = Math.max(most, count);
  }
  return most;
}
