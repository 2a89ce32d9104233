import type { Clock } from '../clock.ts';
import type { Transaction } from '../database/connection.ts';
import { recordAudit } from '../tenants/audit-entry.repository.ts';

/** What the tenant's own systems want to hear of a series. */
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

/** Records the news in the caller's transaction; whoever tells others of it reads it here. */
export async function announce(tx: Transaction, clock: Clock, news: SeriesNews): Promise<void> {
  const entry = { actor: 'system', action: news.type, subject: news.seriesId, details: news.details };
  await recordAudit(tx, entry, { at: clock.now().toISO(), machineMs: clock.machine() });
}
