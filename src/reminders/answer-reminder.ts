import type { Transaction } from '../database/connection.ts';
import { recordAudit } from '../tenants/audit-entry.repository.ts';
import { confirmSeries, type ActDeps } from './appointment-order.ts';
import { announce } from './news.repository.ts';
import { remindedOf, repliesAct, type Reminded } from './reminded.repository.ts';
import { lockSeries, noteAttendance } from './series.repository.ts';
import { isCalledOff, type Series } from './series.ts';

/** What a person answered to a reminder. */
export interface ReminderAnswer {
  readonly said: 'confirm' | 'cancel';
  /** The reply that says it. */
  readonly inboundId: string;
  readonly accountId: string;
  readonly phone: string;
  /** The sender answered, as far as the operator tells it. */
  readonly to: string | undefined;
}

/** Which appointment a reply is about: one, none any more, or a question for a person. */
export type AnswerMeant =
  | { readonly kind: 'one'; readonly seriesId: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'doubtful'; readonly seriesIds: readonly string[] };

/**
 * Lets OUI confirm the appointment that a reminder was about, and ANNULER ask for its cancellation.
 *
 * Safe to repeat. The series goes on until the back office cancels the booking; where more than one appointment may
 * be meant, a person is told and nothing else happens. Tells what the answer was taken for.
 */
export async function answerReminder(
  tx: Transaction,
  deps: ActDeps,
  answer: ReminderAnswer,
): Promise<AnswerMeant['kind']> {
  if (!(await repliesAct(tx))) return 'none';
  const { accountId, phone, to, said } = answer;
  const phoneIndex = deps.keys.phoneIndex(phone);
  const reminded = await remindedOf(tx, { accountId, phoneIndex, at: deps.clock.now().toISO() });
  const meant = answerMeant(reminded, { said, to });
  if (meant.kind === 'doubtful') await askAPerson(tx, deps, { answer, seriesIds: meant.seriesIds });
  if (meant.kind === 'one') await actOn(tx, deps, { seriesId: meant.seriesId, said });
  return meant.kind;
}

async function actOn(
  tx: Transaction,
  deps: ActDeps,
  { seriesId, said }: Pick<ReminderAnswer, 'said'> & { readonly seriesId: string },
): Promise<void> {
  const series = await lockSeries(tx, seriesId);
  if (series === undefined || isCalledOff(series.state)) return;
  if (said === 'confirm') await confirmSeries(tx, deps, { series, actor: 'person' });
  else await requestCancellation(tx, deps, series);
}

/** Finds the appointment meant, never by a guess: the latest reminder to that number from that sender. */
export function answerMeant(
  reminded: readonly Reminded[],
  { said, to }: Pick<ReminderAnswer, 'said' | 'to'>,
): AnswerMeant {
  const bySender = reminded.filter(({ sender }) => sender === to);
  const read = bySender.length > 0 ? bySender : reminded;
  const ahead = read.flatMap((one) => (one.ahead && one.seriesId !== null ? [one.seriesId] : []));
  const [only, another] = ahead;
  if (only === undefined) return { kind: 'none' };
  // Whoever confirms has read the date: one that changed since is not what was confirmed.
  const stands = read[0]?.seriesId === only && (said === 'cancel' || read[0].current);
  return another === undefined && stands
    ? { kind: 'one', seriesId: only }
    : { kind: 'doubtful', seriesIds: ahead };
}

async function requestCancellation(tx: Transaction, { clock }: ActDeps, series: Series): Promise<void> {
  if (series.cancellationRequestedAt !== null) return;
  await noteAttendance(tx, series.id, { cancellationRequestedAt: clock.now().toISO() });
  await announce(tx, clock, {
    type: 'appointment.cancellation-requested',
    seriesId: series.id,
    details: { revision: series.revision },
  });
}

async function askAPerson(
  tx: Transaction,
  { clock }: ActDeps,
  { answer, seriesIds }: { readonly answer: ReminderAnswer; readonly seriesIds: readonly string[] },
): Promise<void> {
  const entry = {
    actor: 'person',
    action: 'appointment.reply-unclear',
    subject: answer.inboundId,
    details: { said: answer.said, series: seriesIds },
  };
  await recordAudit(tx, entry, { at: clock.now().toISO(), machineMs: clock.machine() });
}
