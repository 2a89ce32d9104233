import { Refusal, type Clock, type Transaction } from '../../platform/index.ts';
import { announceEnd, notifySeries, announce } from './notify.repository.ts';
import { reconsider } from './outlook.ts';
import {
  closeSeries,
  holdSeries,
  lockSeries,
  lockOpenSeriesOf,
  noteAnswer,
  noteAttendance,
  noteUnclear,
} from './series.repository.ts';
import { isLive, type Series, type SeriesState, isCalledOff } from './series.ts';
import {
  endOthers,
  undeliveredInARow,
  undeliveredStep,
  remindedOf,
  repliesAct,
  type Reminded,
} from '../steps/step.repository.ts';
import { fault } from '../../words/index.ts';
import { messageId, type UndeliveredMessage } from '../../sending/index.ts';
import { tenantOf, raise, recordAudit } from '../../company/index.ts';
import { declineEnds, type SeriesSituation } from '../steps/owed-steps.ts';
import type { ReplyAnswer } from '../../sms/index.ts';
import type { ContactDeps } from '../../people/index.ts';

/** The orders to a series. */
export type SeriesOrder = 'pause' | 'resume' | 'cancel';

/** Obeys an order; repeating it changes nothing. Throws a Refusal when the series cannot obey. */
export async function orderSeries(
  tx: Transaction,
  deps: { readonly clock: Clock },
  about: {
    readonly seriesId: string;
    readonly order: SeriesOrder;
    /** `key:<id>`, `temporal`. */
    readonly actor: string;
  },
): Promise<SeriesSituation> {
  const { seriesId, order, actor } = about;
  const series = await lockSeries(tx, seriesId);
  if (series === undefined) throw new Refusal('NOT_FOUND');
  if (order === 'cancel') return cancelSeries(tx, deps, { series, actor, action: 'series.cancelled' });
  if (!isLive(series.state)) throw cannot(order, series.state);
  const state = order === 'pause' ? 'paused' : 'open';
  if (series.state === state) return reconsider(tx, deps, series);
  await holdSeries(tx, seriesId, { state, at: deps.clock.now().toISO() });
  await notifySeries(tx, deps.clock, { seriesId, actor, action: `series.${PAST[order]}`, class: 'order' });
  return reconsider(tx, deps, { ...series, state });
}

const PAST = { pause: 'paused', resume: 'resumed' } as const;

/** Ends a series that the transaction has locked; a person already informed of the event is owed one more message. */
export async function cancelSeries(
  tx: Transaction,
  deps: { readonly clock: Clock },
  { series, actor, action }: { readonly series: Series; readonly actor: string; readonly action: string },
): Promise<SeriesSituation> {
  if (series.state === 'cancelled') return reconsider(tx, deps, series);
  if (series.state === 'superseded') throw cannot('cancel', series.state);
  const at = deps.clock.now().toISO();
  await endOthers(tx, { batchId: series.batchId, keep: null, at });
  await closeSeries(tx, series.id, { state: 'cancelled', because: 'CANCELLED', at });
  await notifySeries(tx, deps.clock, { seriesId: series.id, actor, action });
  // A series that had ended was reported then: each revision ends once.
  if (isLive(series.state))
    await announceEnd(tx, deps.clock, { seriesId: series.id, state: 'cancelled', actor });
  return reconsider(tx, deps, calledOff(series, at));
}

/** Returns a series as a cancellation leaves it. */
export const calledOff = (series: Series, at: string): Series => ({
  ...series,
  state: 'cancelled',
  revisedAt: at,
  correctionSeq: null,
});

const cannot = (order: string, state: SeriesState): Refusal =>
  new Refusal('SERIES_CANNOT_MOVE', {
    detail: fault('A series that is {state} cannot {order}.', { state, order }),
  });

/** Undelivered reminders in a row after which a number may have another holder, or none. */
const DOUBTFUL = 2;

/**
 * Raises the event of an undelivered reminder, with the count in a row; other messages are ignored. From the second
 * on, the series of that number go on or are paused, as the tenant chose.
 */
export async function noteUndelivered(
  tx: Transaction,
  deps: { readonly clock: Clock },
  { batchId, seq, code }: UndeliveredMessage,
): Promise<void> {
  const found = await undeliveredStep(tx, { batchId, seq });
  if (found === undefined) return;
  const { seriesId: subject, contactId, ...step } = found;
  const inARow = await undeliveredInARow(tx, contactId);
  const series = inARow < DOUBTFUL ? {} : { series: await pauseIfChosen(tx, deps, contactId) };
  const about = { ...step, code, messageId: messageId({ batchId, seq }), inARow, ...series };
  await raise(tx, [{ type: 'reminder.undelivered', subject, about }], deps.clock.now().toISO());
}

/** Pauses the open series of a number in doubt, where the tenant chose so; returns that choice. */
async function pauseIfChosen(
  tx: Transaction,
  deps: { readonly clock: Clock },
  contactId: string,
): Promise<'goes-on' | 'paused'> {
  const chosen = (await tenantOf(tx))?.settings.undeliveredTwice ?? 'goes-on';
  if (chosen === 'goes-on') return chosen;
  const open = (await lockOpenSeriesOf(tx, [contactId])).filter(({ state }) => state === 'open');
  for (const { id: seriesId } of open)
    await orderSeries(tx, deps, { seriesId, order: 'pause', actor: 'system' });
  return chosen;
}

interface AnsweredSeries {
  /** Locked by the transaction. */
  readonly series: Series;
  /** `person`, or the actor for them. */
  readonly actor: string;
  readonly comes: boolean;
  /** The reply, with the ISO instant of its arrival; absent for an answer by other means. */
  readonly reply?: { readonly id: string; readonly at: string };
}

/**
 * Records whether the person comes: the last answer counts, and a change of mind is reported as one. A repeated
 * answer is no event. A reply older than the recorded one changes nothing.
 */
export async function answerSeries(
  tx: Transaction,
  deps: { readonly clock: Clock },
  { series, actor, comes, reply }: AnsweredSeries,
): Promise<SeriesSituation> {
  const at = reply?.at ?? deps.clock.now().toISO();
  if (isOlder(series, at)) return reconsider(tx, deps, series);
  const answered = { ...answerToRecord(at, series, comes), answeredAt: at, answerReplyId: reply?.id ?? null };
  await noteAnswer(tx, series.id, answered);
  const isNews = (comes ? series.confirmedAt : series.declinedAt) === null;
  if (isNews) await notifyAnswer(tx, deps, { series, actor, comes, ...(reply && { reply }) });
  const renewed = { ...series, ...answered, unclearAt: null, unclearReplyId: null };
  const considered = await reconsider(tx, deps, renewed);
  if (!isLive(series.state) || !declineEnds(renewed, considered.eligibility)) return considered;
  // Questions that are ready would ask a person who has answered.
  await endOthers(tx, { batchId: series.batchId, keep: null, at: deps.clock.now().toISO() });
  return reconsider(tx, deps, considered.series);
}

/** Returns the answer to record; an unchanged one keeps its date. */
const answerToRecord = (
  at: string,
  { confirmedAt, declinedAt }: Series,
  comes: boolean,
): Pick<Series, 'confirmedAt' | 'declinedAt'> =>
  comes
    ? { confirmedAt: confirmedAt ?? at, declinedAt: null }
    : { confirmedAt: null, declinedAt: declinedAt ?? at };

const isOlder = ({ answeredAt, confirmedAt }: Series, at: string): boolean => {
  const lastAt = answeredAt ?? confirmedAt;
  return lastAt !== null && Date.parse(at) < Date.parse(lastAt);
};

async function notifyAnswer(
  tx: Transaction,
  { clock }: { readonly clock: Clock },
  { series, actor, comes, reply }: AnsweredSeries,
): Promise<void> {
  const { id: seriesId, kind, confirmedAt, declinedAt } = series;
  const before = confirmedAt === null ? (declinedAt === null ? undefined : 'declined') : 'confirmed';
  await notifySeries(tx, clock, {
    seriesId,
    actor,
    action: `${kind}.${comes ? 'confirmed' : 'declined'}`,
    details: {
      ...(reply === undefined ? {} : { replyId: reply.id }),
      ...(before === undefined ? {} : { before }),
    },
  });
}

interface ReminderAnswer {
  /** `other` is neither yes nor no. */
  readonly said: 'confirm' | 'decline' | 'cancel' | 'other';
  /** The sender answered, as far as the operator gives it. */
  readonly to: string | undefined;
  /** True when more than one company may be meant. */
  readonly doubtful: boolean;
  /** A clear yes or no, or thanks, to a text that asked. */
  readonly plain: ReplyAnswer | undefined;
  /** The reply. */
  readonly inboundId: string;
  /** ISO instant of the law clock. */
  readonly receivedAt: string;
  readonly accountId: string;
  readonly phone: string;
}

/**
 * Finds the appointment of a reply without guessing: the latest reminder to that number from that sender. A NON, or
 * an unreadable reply, means something only where a text asked. The subject is one appointment, none any more, or a
 * question for a person; `asked` says that a text with the current date asked.
 */
export function answerMeant(
  reminded: readonly Reminded[],
  { said, to, doubtful }: Pick<ReminderAnswer, 'said' | 'to' | 'doubtful'>,
):
  | { readonly kind: 'one'; readonly seriesId: string; readonly asked: boolean }
  | { readonly kind: 'none' }
  | { readonly kind: 'doubtful'; readonly seriesIds: readonly string[] } {
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
  if (another !== undefined || doubtful || !isLast || !concernsPresentDate(only, said))
    return { kind: 'doubtful', seriesIds: meant.map(({ seriesId }) => seriesId) };
  return { kind: 'one', seriesId: only.seriesId, asked: only.askedNow };
}

/** A yes or no answers the date that was read, and none that changed since; a cancellation holds for any. */
const concernsPresentDate = ({ current, askedNow }: Reminded, said: ReminderAnswer['said']): boolean => {
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
  deps: ContactDeps,
  answer: ReminderAnswer,
): Promise<ReturnType<typeof answerMeant>['kind']> {
  if (!(await repliesAct(tx))) return 'none';
  const { accountId, phone } = answer;
  const phoneIndex = deps.keys.phoneIndex(phone);
  const reminded = await remindedOf(tx, { accountId, phoneIndex, at: deps.clock.now().toISO() });
  const meant = answerMeant(reminded, answer);
  if (meant.kind === 'doubtful') await askAPerson(tx, deps, { answer, seriesIds: meant.seriesIds });
  if (meant.kind === 'one') await actOn(tx, deps, { answer, ...meant });
  return meant.kind;
}

async function actOn(
  tx: Transaction,
  deps: ContactDeps,
  {
    answer,
    seriesId,
    asked,
  }: { readonly answer: ReminderAnswer; readonly seriesId: string; readonly asked: boolean },
): Promise<void> {
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

async function requestCancellation(tx: Transaction, { clock }: ContactDeps, series: Series): Promise<void> {
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
  { clock }: ContactDeps,
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
