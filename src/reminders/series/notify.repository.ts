import { sql } from 'kysely';
import { addToWorkflowOutbox, tenantIdRows, type Clock, type Transaction } from '../../platform/index.ts';
import { recordAudit, raise } from '../../company/index.ts';
import { seriesWorkflowId, type SeriesState } from './series.ts';

/** Records a change of a series and signals its workflow, which starts again when it had ended. */
export async function notifySeries(
  tx: Transaction,
  clock: Clock,
  change: {
    readonly seriesId: string;
    /** `key:<id>`, `temporal`, `system`. */
    readonly actor: string;
    /** A verb, as `appointment.booked`. */
    readonly action: string;
    readonly details?: Readonly<Record<string, unknown>>;
    /** `order` passes changes of bookings. */
    readonly class?: 'order' | 'change';
  },
): Promise<void> {
  const machineMs = clock.machine();
  const { seriesId, actor, action, details = {}, class: order = 'change' } = change;
  await recordAudit(
    tx,
    { actor, action, subject: seriesId, details },
    { at: clock.now().toISO(), machineMs },
  );
  await wakeSeries(tx, [seriesId], { class: order, machineMs });
}

/** Signals workflows of series to look again, in the caller's transaction. */
export async function wakeSeries(
  tx: Transaction,
  seriesIds: readonly string[],
  about: { readonly class: 'order' | 'change'; readonly machineMs: number },
): Promise<void> {
  const intents = seriesIds.map((seriesId) => ({
    class: about.class,
    verb: 'signal-with-start' as const,
    workflow: 'reminderSeries' as const,
    workflowId: seriesWorkflowId(seriesId),
    signal: 'changed',
    input: { tenantId: tx.tenantId, seriesId },
  }));
  await addToWorkflowOutbox(tx, intents, about.machineMs);
}

/** Records an event in the caller's transaction, for its webhooks. */
export async function announce(
  tx: Transaction,
  clock: Clock,
  news: {
    readonly type:
      | 'appointment.cancellation-requested'
      | 'reminder.correction-impossible'
      | 'renewal.notice-missing'
      | 'series.ended';
    readonly seriesId: string;
    /** Codes and counts only. */
    readonly details: Readonly<Record<string, string | number>>;
  },
): Promise<void> {
  const entry = { actor: 'system', action: news.type, subject: news.seriesId, details: news.details };
  await recordAudit(tx, entry, { at: clock.now().toISO(), machineMs: clock.machine() });
}

/** Raises the event that an order ended a series; the audit entry of that order is the record. */
export const announceEnd = (
  tx: Transaction,
  clock: Clock,
  end: { readonly seriesId: string; readonly state: SeriesState; readonly actor: string },
): Promise<void> => {
  const about = { state: end.state, by: end.actor };
  return raise(tx, [{ type: 'series.ended', subject: end.seriesId, about }], clock.now().toISO());
};

/** Finds the tenant of a series' id, before a tenant is known. */
export const tenantOfSeries = async (tx: Transaction, seriesId: string): Promise<string | undefined> =>
  (await tx.first(tenantIdRows.sql`SELECT tenant_id AS "tenantId" FROM tenant_of_series(${seriesId}::uuid)`))
    ?.tenantId;

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
