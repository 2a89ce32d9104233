import type { Clock, Transaction } from '../../platform/index.ts';
import { recordAudit, raise } from '../../company/index.ts';
import type { SeriesState } from './series.ts';
import { stepNews, type StepChanges } from '../steps/step-news.ts';

/** The webhook events of a series. */
export interface SeriesNews {
  readonly type:
    | 'appointment.cancellation-requested'
    | 'reminder.correction-impossible'
    | 'renewal.notice-missing'
    | 'series.ended';
  readonly seriesId: string;
  /** Codes and counts only. */
  readonly details: Readonly<Record<string, string | number>>;
}

/** Records an event in the caller's transaction, for its webhooks. */
export async function announce(tx: Transaction, clock: Clock, news: SeriesNews): Promise<void> {
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

/** Raises the events of steps; their rows are the record. */
export const announceSteps = (tx: Transaction, changes: StepChanges, at: string): Promise<void> =>
  raise(tx, stepNews(changes), at);
