import { type Clock, type Transaction, addIntents, uuidV7 } from '../../platform/index.ts';
import { recordAudit } from '../../company/index.ts';
import { seriesWorkflowId } from './series.ts';

/** A change of a series that its workflow must see. */
export interface SeriesChange {
  readonly seriesId: string;
  /** `key:<id>`, `temporal`, `system`. */
  readonly actor: string;
  /** A verb, as `appointment.booked`. */
  readonly action: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** `order` passes changes of bookings. */
  readonly class?: 'order' | 'change';
}

/** Records a change of a series and signals its workflow, which starts again when it had ended. */
export async function tellSeries(tx: Transaction, clock: Clock, change: SeriesChange): Promise<void> {
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
  await addIntents(tx, intents, about.machineMs);
}

/** Draws an id of machine time. */
export const newSeriesId = (clock: Clock): string => uuidV7(clock.machine());
