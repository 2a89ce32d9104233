import { setImmediate as breath } from 'node:timers/promises';
import type { DateTime } from 'luxon';
import { type Clock, type Transaction, Refusal } from '../../platform/index.ts';
import { recordAudit } from '../../company/index.ts';
import { departs, remindersMoved, type ReminderMoved } from '../series/choice-change.repository.ts';
import type { Considered } from '../series/outlook.ts';
import { outlookOf, settledSteps, situationsOf } from '../series/outlook.ts';
import { calledOff, orderSeries } from '../series/series-order.ts';
import { readSeriesPage, type SeriesFilter } from '../series/series.repository.ts';
import type { Series } from '../series/series.ts';
import { endedIfReady } from '../steps/step.ts';
import { fault } from '../../words/index.ts';

/** Maximum number of appointments ended by one closure: larger closures are split. */
const MOST = 1_000;

/** People with all reminders sent still expect to be received; a finished series holds nothing back. */
const STATES = { cancel: ['open', 'paused', 'completed'], pause: ['open'] } as const;

const LEAVES = { cancel: 'cancelled', pause: 'paused' } as const;

/** A period in which nobody is received; ISO instants, both inclusive. */
export interface BookingClosure {
  readonly practice: NonNullable<SeriesFilter['practice']>;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly action: 'cancel' | 'pause';
}

async function concerned(
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
): Promise<readonly Considered[]> {
  const { actor, reason, ...closure } = about;
  const now = deps.clock.now();
  const found = await concerned(tx, now, closure);
  const ended: Considered[] = [];
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
    after: { [LEAVES[action]]: found.length },
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
  const found = await concerned(tx, now, closure);
  const reminders: ReminderMoved[] = [];
  let held = 0;
  for (const situation of await situationsOf(tx, now, found)) {
    const { series, eligibility, steps } = situation;
    // As they are planned now: what a new plan would move ends or is held back all the same.
    const before = settledSteps(situation);
    if (closure.action === 'pause') {
      held += before.filter((step) => departs(step) !== null).length;
      continue;
    }
    const cancelled = { series: calledOff(series, now.toISO()), steps: steps.map(endedIfReady) };
    const after = outlookOf({ ...cancelled, eligibility, now }).steps;
    reminders.push(...remindersMoved({ series, eligibility, before, after }));
    // A plan of a series takes about a millisecond, and a closure has up to a thousand: other calls go between.
    await breath();
  }
  return { appointments: found.length, reminders, held };
}
