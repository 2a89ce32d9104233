import { DateTime } from 'luxon';
import { isoText } from '../../rule/index.ts';
import { isExclusionReason } from '../../people/index.ts';
import {
  correctionStep,
  departed,
  owedSteps,
  declineEnds,
  iso,
  type SeriesSituation,
} from '../steps/owed-steps.ts';
import type { PlannedStep } from '../steps/planned-step.ts';
import { hasLeft, isUnderWay, seqOfStep, settledBy, stepNews, type Step } from '../steps/step.ts';
import { bilingual } from '../../words/index.ts';
import type { Clock, Transaction } from '../../platform/index.ts';
import { raise } from '../../company/index.ts';
import { isInDoubt } from '../../sending/index.ts';
import { noticeAlarmAt } from '../steps/plan-steps.ts';
import { readSteps, readStepsOf, writeSteps } from '../steps/step.repository.ts';
import { excludedBy, ending, isExclusionCode, type StepReason } from './reason.ts';
import { CORRECTION_POSITION, isCalledOff, isCorrection, isLive, isPaidStep, type Series } from './series.ts';
import { type Eligibility, readEligibilities, readEligibility } from './reminder-eligibility.repository.ts';
import { announce, wakeSeries } from './notify.repository.ts';
import { keepDerived, noteMissingNotice, lockOpenSeriesOf, openSeriesBut } from './series.repository.ts';

/** Replans a series under today's law, from the outcomes of its messages so far: the messages it owes from now on. */
export function outlookOf(situation: SeriesSituation) {
  const settled = settledSteps(situation);
  const known = { ...situation, steps: settled };
  const lastSaid = lastSaidBy(settled);
  const correction = correctionStep(known, lastSaid);
  const reminders = reminderSteps(known, correction);
  const before = new Map(situation.steps.map((step) => [seqOfStep(step), step]));
  const sure = merged(settled, [...reminders, ...(correction === undefined ? [] : [correction])]);
  const steps = situation.inDoubt === true ? timeless(sure, before) : sure;
  const changed = steps.filter((step) => !same(before.get(seqOfStep(step)), step));
  return {
    /** Every step in its present state, oldest revision first. */
    steps,
    changed,
    lastSaid: lastSaid && { at: lastSaid.since, revision: lastSaid.revision },
    /** The message that may be sent though the event changed. */
    correctionSeq: correctionSeqOf(steps, situation.series),
    /** A correction that just turned out to be impossible. */
    impossible: changed.find((step) => isImpossible(step) && !isImpossible(before.get(seqOfStep(step)))),
  };
}

/** Returns the steps with the outcomes of their messages; nothing is planned anew. */
export const settledSteps = (situation: SeriesSituation): readonly Step[] =>
  situation.steps.map((step) => settle(step, situation));

/**
 * Restricts a plan to what a clock in doubt may decide: known steps stay, unless people decided otherwise; no new
 * one is too late.
 */
const timeless = (steps: readonly Step[], before: ReadonlyMap<number, Step>): Step[] =>
  steps.flatMap((step) => {
    const known = before.get(seqOfStep(step));
    if (isDecidedByPeople(step) || (known === undefined && step.state === 'planned')) return [step];
    return known === undefined ? [] : [known];
  });

const DECIDED_CODES = new Set(['CONFIRMED', 'DECLINED', 'PAID']);

const isDecidedByPeople = ({ state, code, message }: Step): boolean =>
  message !== null ||
  state === 'cancelled' ||
  (state === 'skipped' && (isExclusionCode(code) || (code !== null && DECIDED_CODES.has(code))));

const isImpossible = (step: Step | undefined): boolean =>
  step !== undefined && isCorrection(step.position) && ['skipped', 'expired', 'failed'].includes(step.state);

const same = (one: Step | undefined, other: Step): boolean =>
  one !== undefined && comparable(one) === comparable(other);

const comparable = (step: Step): string =>
  JSON.stringify([
    step.state,
    step.code,
    step.because?.text.fr,
    step.facts,
    ...[step.eventAt, step.wantedAt, step.plannedAt].map((at) => (at === null ? at : Date.parse(at))),
  ]);

const merged = (old: readonly Step[], fresh: readonly Step[]): Step[] =>
  [...new Map([...old, ...fresh].map((step) => [seqOfStep(step), step])).values()].toSorted(
    (one, other) => seqOfStep(one) - seqOfStep(other),
  );

/** Returns a step with the outcome of its message, or ended where what it is about is gone. */
function settle(step: Step, situation: SeriesSituation): Step {
  const at = isoText(situation.now.toUTC());
  const fate = step.message === null ? undefined : settledBy(step.message);
  if (fate !== undefined && mayFollow(step, fate.state)) {
    const since = step.message?.acceptedAt ?? at;
    return { ...step, ...fate, ...reasonsOf(step, fate, situation), since };
  }
  if (!isOpen(step)) return step;
  if (!isOver(step, situation.series))
    return step.state === 'planned' ? step : { ...step, state: 'planned', since: at };
  const code = whyOver(step, situation);
  return { ...step, plannedAt: null, state: 'cancelled', code, because: reasonOf(code), since: at };
}

/** Says whether a step may still be planned: no message of it is on its way, or one is ready again since it was not accepted. */
const isOpen = (step: Step): boolean =>
  step.state === 'planned'
    ? !isUnderWay(step)
    : step.state === 'uncertain' && step.message?.state === 'ready';

/** Returns the reasons of a step's outcome; a sent step keeps the reason why it was moved. */
function reasonsOf(
  step: Step,
  fate: NonNullable<ReturnType<typeof settledBy>>,
  situation: SeriesSituation,
): Pick<Step, 'code' | 'because'> {
  const code = fate.state === 'cancelled' && fate.code === 'CANCELLED' ? whyOver(step, situation) : fate.code;
  return { code, because: reasonOf(code) ?? step.because };
}

/** Says whether a step takes its message's state: an end stays, unless the message turns out to have been sent. */
const mayFollow = (step: Step, state: Step['state']): boolean =>
  step.state !== state && (step.state === 'planned' || step.state === 'uncertain' || state === 'sent');

function isOver(step: Step, { state, revision }: Series): boolean {
  if (step.revision < revision) return true;
  return !isLive(state) && !(isCalledOff(state) && step.position === CORRECTION_POSITION.cancelled);
}

function whyOver(
  { revision, step }: Step,
  { series, eligibility }: SeriesSituation,
): 'MOVED' | 'STOPPED' | 'PAID' | 'DECLINED' | 'CANCELLED' {
  if (revision < series.revision) return 'MOVED';
  if (series.state === 'stopped') return 'STOPPED';
  if (isLive(series.state) && declineEnds(series, eligibility)) return 'DECLINED';
  return isPaidStep(step, series) ? 'PAID' : 'CANCELLED';
}

function reasonOf(code: string | null): StepReason | null {
  switch (code) {
    case null:
      return null;
    case 'MOVED':
    case 'STOPPED':
    case 'CANCELLED':
    case 'PAST':
    case 'PAID':
    case 'CONFIRMED':
    case 'DECLINED':
    case 'FREQUENCY_CAP':
    case 'SHADOW':
      return ending(code);
    default:
      return isExclusionReason(code) ? excludedBy(code) : { code, text: bilingual.series.refused({ code }) };
  }
}

/** Returns the last message that somebody may have read; later revisions supersede earlier ones. */
export const lastSaidBy = (steps: readonly Step[]): Step | undefined => steps.findLast(hasLeft);

function reminderSteps(situation: SeriesSituation, correction: Step | undefined): Step[] {
  const { series, eligibility } = situation;
  if (!isLive(series.state)) return [];
  const current = situation.steps.filter(
    ({ revision, position }) => revision === series.revision && !isCorrection(position),
  );
  const fixed = current.filter((step) => isFixed(step, eligibility));
  const stillPlanned = current.filter(({ state }) => state === 'planned');
  const planned = owedSteps(situation, {
    positions: new Set(fixed.map(({ position }) => position)),
    plannedSince: new Map(stillPlanned.map(({ position, since }) => [position, DateTime.fromISO(since)])),
    skippedBefore: new Set(current.filter(isSkippedForGood).map(({ position }) => position)),
    left: departed(situation).map(({ at }) => at),
    correctionAt: correction?.plannedAt == null ? undefined : DateTime.fromISO(correction.plannedAt),
  });
  const known = new Map(current.map((step) => [step.position, step]));
  return planned.map((one) => reminderStep(situation, one, known.get(one.position)));
}

/** Says whether a step is not planned anew. After a STOP planned steps stay: the end of the series cancels them. */
const isFixed = (step: Step, eligibility: Eligibility): boolean =>
  step.message !== null ||
  (step.state !== 'planned' && step.state !== 'skipped') ||
  (step.state === 'planned' && eligibility.left);

/**
 * Says whether a skipped step is not planned late: only one skipped for its person is, who may be written to again.
 */
const isSkippedForGood = ({ state, code }: Step): boolean => state === 'skipped' && !isExclusionCode(code);

function reminderStep({ series, now }: SeriesSituation, planned: PlannedStep, known: Step | undefined): Step {
  // A step that stays skipped keeps its first reason.
  if (known?.state === 'skipped' && planned.state !== 'planned') return known;
  return {
    revision: series.revision,
    position: planned.position,
    step: planned.step,
    facts: series.facts.toString('hex'),
    eventAt: planned.eventAt === undefined ? series.eventAt : iso(planned.eventAt),
    wantedAt: iso(planned.wantedAt),
    plannedAt: planned.plannedAt === undefined ? null : iso(planned.plannedAt),
    state: planned.state,
    code: planned.reason?.code ?? null,
    because: planned.reason ?? null,
    since: known?.state === planned.state ? known.since : iso(now),
    message: null,
  };
}

function correctionSeqOf(steps: readonly Step[], { revision }: Series): number | null {
  const step = steps.findLast(
    (one) =>
      one.revision === revision && isCorrection(one.position) && (one.state === 'planned' || isUnderWay(one)),
  );
  return step === undefined ? null : seqOfStep(step);
}

/** Reads the situations of some series by two statements, however many; at most some thousand. */
export async function situationsOf(
  tx: Transaction,
  now: DateTime,
  series: readonly Series[],
): Promise<readonly SeriesSituation[]> {
  // Sent together, the queries take one round trip.
  const [eligibilities, steps] = await Promise.all([
    readEligibilities(tx, { about: series, at: isoText(now) }),
    readStepsOf(tx, series),
  ]);
  return series.flatMap((one, place) => {
    const eligibility = eligibilities[place];
    return eligibility === undefined
      ? []
      : [{ series: one, eligibility, steps: steps.get(one.id) ?? [], now }];
  });
}

/**
 * Replans a series that the transaction has locked: consent, law, calendar and place as they are now. Writes steps
 * and their consequences; the row's own state is left to the caller. While the clock is in doubt, people's
 * decisions hold, nothing is too late, and the workflow is signalled to look again.
 */
export async function reconsider(
  tx: Transaction,
  { clock }: { readonly clock: Clock },
  series: Series,
): Promise<
  SeriesSituation & {
    readonly changes: number;
    /** True when the clock of `now` may be wrong. */
    readonly inDoubt: boolean;
  }
> {
  const now: DateTime = clock.now();
  const inDoubt = isInDoubt(clock);
  const at = isoText(now);
  const [eligibility, before] = await Promise.all([
    readEligibility(tx, { ...series, at }),
    readSteps(tx, series),
  ]);
  const outlook = outlookOf({ series, eligibility, now, steps: before, inDoubt });
  const place = eligibility.territory === '' ? series : eligibility;
  const { territory, timeZone } = place;
  const { lastSaid, correctionSeq } = outlook;
  await Promise.all([
    writeSteps(tx, series.id, outlook.changed),
    // The rows of the steps are the record: no audit entry is written.
    raise(tx, stepNews({ series, before, changed: outlook.changed }), at),
    keepDerived(tx, series.id, { lastSaid, correctionSeq, territory, timeZone }),
  ]);
  await announceImpossible(tx, clock, { series, impossible: outlook.impossible });
  const noticeMissingAt = inDoubt ? series.noticeMissingAt : await announceMissingNotice(tx, clock, series);
  if (inDoubt) await wakeSeries(tx, [series.id], { class: 'change', machineMs: clock.machine() });
  const renewed = { ...series, territory, timeZone, correctionSeq, noticeMissingAt };
  const { steps, changed } = outlook;
  return { series: renewed, steps, eligibility, now, changes: changed.length, inDoubt };
}

async function announceImpossible(
  tx: Transaction,
  clock: Clock,
  { series, impossible }: { readonly series: Series; readonly impossible: Step | undefined },
): Promise<void> {
  if (impossible === undefined) return;
  await announce(tx, clock, {
    type: 'reminder.correction-impossible',
    seriesId: series.id,
    details: { step: impossible.step, revision: impossible.revision, code: impossible.code ?? 'PAST' },
  });
}

/** Reports once for each deadline that the letter which the law asks for is missing. */
async function announceMissingNotice(tx: Transaction, clock: Clock, series: Series): Promise<string | null> {
  const alarmAt = noticeAlarmAt(series);
  const now = clock.now();
  if (alarmAt === undefined || alarmAt > now || series.terms.kind !== 'subscription')
    return series.noticeMissingAt;
  const at = now.toISO();
  await noteMissingNotice(tx, series.id, at);
  await announce(tx, clock, {
    type: 'renewal.notice-missing',
    seriesId: series.id,
    details: { refuseBy: series.terms.refuseBy ?? '' },
  });
  return at;
}

/** Most series replanned in the transaction that changed consents: it locks their people meanwhile. */
const REPLANNED_AT_ONCE = 20;

/**
 * Replans open series of people, in the transaction that changed their consents: a few at once. The workflows of all
 * others are signalled to plan anew, however many there are; each send step reads consents again in any case.
 */
export async function replanSeriesOf(
  tx: Transaction,
  deps: { readonly clock: Clock },
  contactIds: readonly string[],
): Promise<void> {
  if (contactIds.length === 0) return;
  const first = await lockOpenSeriesOf(tx, contactIds, REPLANNED_AT_ONCE);
  const isAll = first.length < REPLANNED_AT_ONCE;
  const others = isAll ? [] : await openSeriesBut(tx, contactIds, first);
  const changed: string[] = [];
  for (const series of first) {
    const { changes } = await reconsider(tx, deps, series);
    if (changes > 0) changed.push(series.id);
  }
  await wakeSeries(tx, [...changed, ...others], { class: 'change', machineMs: deps.clock.machine() });
}
