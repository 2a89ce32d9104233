import type { Transaction } from '../../platform/index.ts';
import type { ReplyAnswer } from '../../sms/index.ts';
import { recordAudit } from '../../company/index.ts';
import { answerSeries } from './series-order.ts';
import type { ActDeps } from '../booking/appointment-order.ts';
import { announce } from './notify.repository.ts';
import { remindedOf, repliesAct, type Reminded } from '../steps/step.repository.ts';
import { lockSeries, noteAttendance, noteUnclear } from './series.repository.ts';
import { isCalledOff, type Series } from './series.ts';

export interface ReminderAnswer extends SaidTo {
  /** A clear yes or no, or thanks, to a text that asked. */
  readonly plain: ReplyAnswer | undefined;
  /** The reply. */
  readonly inboundId: string;
  /** ISO instant of the law clock. */
  readonly receivedAt: string;
  readonly accountId: string;
  readonly phone: string;
}

/** The answers to a reminder; `other` is neither yes nor no. */
type SaidToReminder = 'confirm' | 'decline' | 'cancel' | 'other';

/** The subject of a reply: one appointment, none any more, or a question for a person. */
type AnswerMeant =
  | { readonly kind: 'one'; readonly seriesId: string; readonly asked: boolean }
  | { readonly kind: 'none' }
  | { readonly kind: 'doubtful'; readonly seriesIds: readonly string[] };

/** A reply, and the sender of the possible message behind it. */
interface SaidTo {
  readonly said: SaidToReminder;
  /** The sender answered, as far as the operator gives it. */
  readonly to: string | undefined;
  /** True when more than one company may be meant. */
  readonly doubtful: boolean;
}

/**
 * Finds the appointment of a reply without guessing: the latest reminder to that number from that sender. A NON, or
 * an unreadable reply, means something only where a text asked.
 */
export function answerMeant(reminded: readonly Reminded[], { said, to, doubtful }: SaidTo): AnswerMeant {
  const bySender = reminded.filter(({ sender }) => sender === to);
  const read = bySender.length > 0 ? bySender : reminded;
  const ahead = read.flatMap((one) =>
    one.ahead && one.seriesId !== null ? [{ ...one, seriesId: one.seriesId }] : [],
  );
  const needsAsking = said === 'decline' || said === 'other';
  const meant = needsAsking && !ahead.some(({ asked }) => asked) ? [] : ahead;
  const [only, another] = meant;
  if (only === undefined) return { kind: 'none' };
  const isLast = read[0]?.seriesId === only.seriesId;
  if (another !== undefined || doubtful || !isLast || !stands(only, said))
    return { kind: 'doubtful', seriesIds: meant.map(({ seriesId }) => seriesId) };
  return { kind: 'one', seriesId: only.seriesId, asked: only.askedNow };
}

/** An answer concerns the date that was read: one that changed since was not answered. Any may be cancelled. */
const stands = ({ current, askedNow }: Reminded, said: SaidToReminder): boolean => {
  if (said === 'cancel') return true;
  return said === 'confirm' ? current : askedNow;
};

/**
 * Lets OUI confirm the appointment of a reminder, NON decline one whose text asked, and ANNULER ask for its
 * cancellation. Safe to repeat. The booking stays until the back office ends it; where more than one appointment
 * may be meant, or a text asked and the answer is unreadable, a person is notified and nothing else happens.
 * Returns the interpretation of the answer.
 */
export async function answerReminder(
  tx: Transaction,
  deps: ActDeps,
  answer: ReminderAnswer,
): Promise<AnswerMeant['kind']> {
  if (!(await repliesAct(tx))) return 'none';
  const { accountId, phone } = answer;
  const phoneIndex = deps.keys.phoneIndex(phone);
  const reminded = await remindedOf(tx, { accountId, phoneIndex, at: deps.clock.now().toISO() });
  const meant = answerMeant(reminded, answer);
  if (meant.kind === 'doubtful') await askAPerson(tx, deps, { answer, seriesIds: meant.seriesIds });
  if (meant.kind === 'one') await actOn(tx, deps, { answer, ...meant });
  return meant.kind;
}

interface Meant {
  readonly answer: ReminderAnswer;
  readonly seriesId: string;
  /** True when a text with the current date asked. */
  readonly asked: boolean;
}

async function actOn(tx: Transaction, deps: ActDeps, { answer, seriesId, asked }: Meant): Promise<void> {
  const series = await lockSeries(tx, seriesId);
  if (series === undefined || isCalledOff(series.state)) return;
  const { said, plain, inboundId: id, receivedAt: at } = answer;
  const answered = { series, actor: 'person', reply: { id, at } };
  if (said === 'confirm') await answerSeries(tx, deps, { ...answered, comes: true });
  else if (asked && plain === 'no') await answerSeries(tx, deps, { ...answered, comes: false });
  else if (said === 'cancel') await requestCancellation(tx, deps, series);
  // Thanks after an answer ask nothing of anybody.
  else if (plain === 'thanks' && series.answeredAt !== null) return;
  else await askAPerson(tx, deps, { answer, seriesIds: [seriesId] });
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
  const { said, inboundId: replyId, receivedAt } = answer;
  await noteUnclear(tx, seriesIds, { at: receivedAt, replyId });
  const entry = {
    actor: 'person',
    action: 'appointment.reply-unclear',
    subject: replyId,
    details: { said, series: seriesIds },
  };
  await recordAudit(tx, entry, { at: clock.now().toISO(), machineMs: clock.machine() });
}
