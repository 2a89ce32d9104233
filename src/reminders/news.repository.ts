import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Transaction } from '../database/connection.ts';
import { messageId } from '../messages/message-id.ts';
import { recordAudit } from '../tenants/audit-entry.repository.ts';
import { raise } from '../tenants/webhook-event.repository.ts';
import { stepNews, type StepChanges } from './step-news.ts';

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

/** Records the news in the caller's transaction, and owes it to whoever listens. */
export async function announce(tx: Transaction, clock: Clock, news: SeriesNews): Promise<void> {
  const entry = { actor: 'system', action: news.type, subject: news.seriesId, details: news.details };
  await recordAudit(tx, entry, { at: clock.now().toISO(), machineMs: clock.machine() });
}

/** Owes whoever listens what became of steps; their rows are the record. */
export const announceSteps = (tx: Transaction, changes: StepChanges, at: string): Promise<void> =>
  raise(tx, stepNews(changes), at);

/** Owes whoever listens that a reminder did not arrive; a message of anything else is none. */
export async function announceUndelivered(
  tx: Transaction,
  message: { readonly batchId: string; readonly seq: number; readonly code: string },
  at: string,
): Promise<void> {
  const { batchId, seq, code } = message;
  const step = await tx.first(sql<{ seriesId: string; revision: number; step: string }>`
    SELECT b.series_id AS "seriesId", p.revision, p.step FROM batch b
      JOIN reminder_step p ON p.series_id = b.series_id AND p.revision * 1000 + p.position = ${seq}
     WHERE b.id = ${batchId}::uuid`);
  if (step === undefined) return;
  const { seriesId: subject, ...about } = step;
  const told = { ...about, code, messageId: messageId({ batchId, seq }) };
  await raise(tx, [{ type: 'reminder.undelivered', subject, about: told }], at);
}
