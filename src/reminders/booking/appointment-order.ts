import { Refusal, type Transaction, type Clock } from '../../platform/index.ts';
import { refuseOlder, externalIndex, waitToFile } from './filing.ts';
import { readCancelled, rememberCancelled } from './booking.repository.ts';
import { answerSeries, cancelSeries, calledOff, orderSeries } from '../series/series-order.ts';
import { reconsider, outlookOf, settledSteps, situationsOf } from '../series/outlook.ts';
import {
  lockSeriesNamed,
  noteAttendance,
  noteSourceRevision,
  readSeriesNamed,
  notePaid,
  type ExternalName,
  readSeriesPage,
  type SeriesFilter,
} from '../series/series.repository.ts';
import { instalmentOf, paidAt, type Series, type SeriesKind, type Instalment } from '../series/series.ts';
import { recordAudit } from '../../company/index.ts';
import type { ContactDeps } from '../../people/index.ts';
import { notifySeries } from '../series/notify.repository.ts';
import { type BareFault, fault } from '../../words/index.ts';
import { endReadySteps, readSteps } from '../steps/step.repository.ts';
import { seqOfStep, endedIfReady } from '../steps/step.ts';
import { setImmediate as yieldTurn } from 'node:timers/promises';
import type { DateTime } from 'luxon';
import { departs, remindersMoved, type ReminderMoved } from '../series/choice-change.repository.ts';
import type { SeriesSituation } from '../steps/owed-steps.ts';

/** A booking by its external id, and the actor. */
export interface NamedBooking {
  readonly kind: SeriesKind;
  readonly source: string;
  readonly externalId: string;
  readonly actor: string;
  readonly sourceRevision?: number | undefined;
}

/** Finds the current series of an external id. */
export async function findBooking(
  tx: Transaction,
  { keys }: Pick<ContactDeps, 'keys'>,
  { kind, source, externalId }: Pick<NamedBooking, 'kind' | 'source' | 'externalId'>,
): Promise<Series> {
  const index = externalIndex(keys, kind, { source, externalId });
  const series = await readSeriesNamed(tx, { kind, source, index });
  if (series === undefined) throw new Refusal('NOT_FOUND');
  return series;
}

/** Reads and locks the current series of an external id until the transaction ends. */
async function lockBooking(tx: Transaction, deps: ContactDeps, booking: NamedBooking): Promise<Series> {
  const series = await lockSeriesNamed(tx, await lockName(tx, deps, booking));
  if (series === undefined) throw new Refusal('NOT_FOUND');
  return series;
}

/** Locks a booking's external id until the transaction ends. */
async function lockName(
  tx: Transaction,
  { keys }: ContactDeps,
  { kind, source, externalId }: NamedBooking,
): Promise<ExternalName> {
  await waitToFile(tx, keys, { kind, source, externalId });
  return { kind, source, index: externalIndex(keys, kind, { source, externalId }) };
}

/**
 * Cancels a booking; repeating changes nothing, and a cancellation ahead of its booking prevents it: it is remembered
 * for when the booking arrives.
 */
export async function cancelBooking(
  tx: Transaction,
  deps: ContactDeps,
  booking: NamedBooking,
): Promise<'cancelled' | 'remembered'> {
  const { kind, actor, sourceRevision } = booking;
  const name = await lockName(tx, deps, booking);
  const series = await lockSeriesNamed(tx, name);
  if (series === undefined) return cancelAhead(tx, deps, { name, booking });
  refuseOlder(series, sourceRevision);
  await cancelSeries(tx, deps, { series, actor, action: `${kind}.cancelled` });
  if (sourceRevision !== undefined) await noteSourceRevision(tx, series.id, sourceRevision);
  return 'cancelled';
}

/** Notes an absence after the start; before it the booking is cancelled. */
export async function missBooking(tx: Transaction, deps: ContactDeps, booking: NamedBooking): Promise<void> {
  const series = await lockSeriesNamed(tx, await lockName(tx, deps, booking));
  const isBegun = series !== undefined && Date.parse(series.eventAt) <= deps.clock.now().toMillis();
  if (isBegun && series.state !== 'cancelled') await noteNoShow(tx, deps, booking);
  else await cancelBooking(tx, deps, booking);
}

async function cancelAhead(
  tx: Transaction,
  { clock }: ContactDeps,
  { name, booking }: { readonly name: ExternalName; readonly booking: NamedBooking },
): Promise<'cancelled' | 'remembered'> {
  const { kind, actor, sourceRevision } = booking;
  const known = await readCancelled(tx, name);
  if (known !== undefined) refuseOlder(known, sourceRevision);
  const at = clock.now().toISO();
  await rememberCancelled(tx, name, { sourceRevision, at });
  if (known === undefined)
    await recordAudit(tx, { actor, action: `${kind}.cancelled-ahead` }, { at, machineMs: clock.machine() });
  return 'remembered';
}

/** Notes the person's confirmation. */
export async function confirmBooking(
  tx: Transaction,
  deps: ContactDeps,
  booking: NamedBooking,
): Promise<SeriesSituation> {
  const series = await lockBooking(tx, deps, booking);
  if (series.state === 'cancelled') throw cannot('a cancelled booking cannot be confirmed');
  return answerSeries(tx, deps, { series, actor: booking.actor, comes: true });
}

/** Notes the person's absence; only after the start. */
export async function noteNoShow(
  tx: Transaction,
  deps: ContactDeps,
  booking: NamedBooking,
): Promise<SeriesSituation> {
  const series = await lockBooking(tx, deps, booking);
  const at = deps.clock.now().toISO();
  if (series.state === 'cancelled') throw cannot('a cancelled booking was not missed');
  if (Date.parse(series.eventAt) > Date.parse(at)) throw cannot('the appointment has not begun');
  const noShowAt = series.noShowAt ?? at;
  if (series.noShowAt === null) {
    await noteAttendance(tx, series.id, { noShowAt });
    await notifySeries(tx, deps.clock, {
      seriesId: series.id,
      actor: booking.actor,
      action: `${booking.kind}.no-show`,
    });
  }
  return reconsider(tx, deps, { ...series, noShowAt });
}

const cannot = (detail: BareFault): Refusal => new Refusal('SERIES_CANNOT_MOVE', { detail });

/** Notes a payment: nothing more asks for it. The plan itself has not changed. */
export async function payInstalment(
  tx: Transaction,
  deps: ContactDeps,
  order: NamedBooking & {
    readonly number: number;
    /** ISO instant; now when absent. */
    readonly paidAt?: string | undefined;
  },
): Promise<SeriesSituation> {
  const series = await lockBooking(tx, deps, order);
  const instalment = instalmentOf(String(order.number), series.terms);
  if (instalment === undefined) throw new Refusal('NOT_FOUND');
  if (paidAt(series.paid, instalment) !== undefined) return reconsider(tx, deps, series);
  const at = deps.clock.now().toISO();
  const paid = [
    ...series.paid.filter(({ number }) => number !== instalment.number),
    { ...instalment, paidAt: order.paidAt ?? at },
  ];
  await notePaid(tx, series.id, paid);
  await endReadyReminders(tx, { series, instalment, at });
  const { actor } = order;
  const details = { number: instalment.number };
  await notifySeries(tx, deps.clock, { seriesId: series.id, actor, action: 'payment-plan.paid', details });
  return reconsider(tx, deps, { ...series, paid });
}

async function endReadyReminders(
  tx: Transaction,
  about: { readonly series: Series; readonly instalment: Instalment; readonly at: string },
): Promise<void> {
  const { series, instalment, at } = about;
  const asking = (await readSteps(tx, series)).filter(
    ({ step, message }) => message?.state === 'ready' && step.startsWith(`${instalment.number}/`),
  );
  const seqs = asking.map(seqOfStep);
  if (seqs.length > 0) await endReadySteps(tx, { batchId: series.batchId, seqs, at });
}

/** Maximum number of appointments ended by one closure: larger closures are split. */
const MOST = 1_000;

/**
 * The states that a closure concerns: people with all reminders sent still expect to be received; a finished series
 * has nothing to pause.
 */
const STATES = { cancel: ['open', 'paused', 'completed'], pause: ['open'] } as const;

const STATE_AFTER = { cancel: 'cancelled', pause: 'paused' } as const;

/** A period in which nobody is received; ISO instants, both inclusive. */
export interface BookingClosure {
  readonly practice: NonNullable<SeriesFilter['practice']>;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly action: 'cancel' | 'pause';
}

async function appointmentsIn(
  tx: Transaction,
  now: DateTime<true>,
  { action, ...when }: BookingClosure,
): Promise<readonly Series[]> {
  const found: Series[] = [];
  for (const state of STATES[action]) {
    // Past appointments are left out by the query: they would use up the limit.
    const from = state === 'completed' ? laterOf(when.from, now) : when.from;
    found.push(...(await readSeriesPage(tx, { ...when, from, kind: 'appointment', state, limit: MOST + 1 })));
  }
  if (found.length > MOST)
    throw new Refusal('INVALID_REQUEST', {
      detail: fault('More than {most} appointments: close a shorter time.', { most: MOST }),
    });
  return found.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

const laterOf = (from: string | undefined, now: DateTime<true>): string =>
  from !== undefined && Date.parse(from) > now.toMillis() ? from : now.toISO();

/** Cancels or pauses every appointment of a practice in a period; people already informed of one get a message. */
export async function closePractice(
  tx: Transaction,
  deps: { readonly clock: Clock },
  about: BookingClosure & { readonly actor: string; readonly reason: string | undefined },
): Promise<readonly SeriesSituation[]> {
  const { actor, reason, ...closure } = about;
  const now = deps.clock.now();
  const found = await appointmentsIn(tx, now, closure);
  const ended: SeriesSituation[] = [];
  // In order of ids, as every other writer of several series locks them.
  for (const { id: seriesId } of found)
    ended.push(await orderSeries(tx, deps, { seriesId, order: closure.action, actor }));
  const { from, to, action, practice } = closure;
  const details = {
    reason,
    action,
    from,
    to,
    before: countByState(found),
    after: { [STATE_AFTER[action]]: found.length },
  };
  await recordAudit(
    tx,
    { actor, action: 'practice.closed', details, ...(practice.id === null ? {} : { subject: practice.id }) },
    { at: now.toISO(), machineMs: deps.clock.machine() },
  );
  return ended;
}

function countByState(series: readonly Series[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of series) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** Computes what a closure would end, send and hold back; nothing is changed. */
export async function closureForeseen(
  tx: Transaction,
  { now }: { readonly now: DateTime<true> },
  closure: BookingClosure,
): Promise<{
  readonly appointments: number;
  /** Reminders that would end, and cancellations that would be sent. */
  readonly reminders: readonly ReminderMoved[];
  /** Count of planned messages that a pause would hold back. */
  readonly held: number;
}> {
  const found = await appointmentsIn(tx, now, closure);
  const reminders: ReminderMoved[] = [];
  let heldBack = 0;
  for (const situation of await situationsOf(tx, now, found)) {
    const { series, eligibility, steps } = situation;
    // The steps as they are planned now: one that a new plan would move ends, or is held back, all the same.
    const before = settledSteps(situation);
    if (closure.action === 'pause') {
      heldBack += before.filter((step) => departs(step) !== null).length;
      continue;
    }
    const cancelled = { series: calledOff(series, now.toISO()), steps: steps.map(endedIfReady) };
    const after = outlookOf({ ...cancelled, eligibility, now }).steps;
    reminders.push(...remindersMoved({ series, eligibility, before, after }));
    // A plan of a series takes about a millisecond, and a closure has up to a thousand: other work goes between.
    await yieldTurn();
  }
  return { appointments: found.length, reminders, held: heldBack };
}
