import { DateTime } from 'luxon';
import { isoText } from '../../law/index.ts';
import { isExclusionReason } from '../../people/index.ts';
import { correctionStep } from '../steps/correction.ts';
import { owedSteps } from '../steps/owed-steps.ts';
import type { PlannedStep } from '../steps/planned-step.ts';
import { excludedBy, ending, isExclusionCode, type StepReason } from './reason.ts';
import {
  CORRECTION_POSITION,
  isCalledOff,
  isCorrection,
  isLive,
  seqOf,
  isPaidStep,
  type Series,
} from './series.ts';
import { declineEnds, iso, type SeriesSituation } from './situation.ts';
import type { Eligibility } from './reminder-eligibility.repository.ts';
import { hasLeft, isSentOrUnderWay, isUnderWay, settledBy, type Step } from '../steps/step.ts';
import { bilingual } from '../../words/index.ts';

/** The messages a series owes from now on. */
export interface Outlook {
  /** Every step in its present state, oldest revision first. */
  readonly steps: readonly Step[];
  readonly changed: readonly Step[];
  readonly lastSaid: { readonly at: string; readonly revision: number } | undefined;
  /** The message that may be sent though the event changed. */
  readonly correctionSeq: number | null;
  /** A correction that just turned out to be impossible. */
  readonly impossible: Step | undefined;
}

/** Replans a series under today's law, from the outcomes of its messages so far. */
export function outlookOf(situation: SeriesSituation): Outlook {
  const settled = settledSteps(situation);
  const known = { ...situation, steps: settled };
  const lastSaid = lastSaidBy(settled);
  const correction = correctionStep(known, lastSaid);
  const reminders = reminderSteps(known, correction);
  const before = new Map(situation.steps.map((step) => [keyOf(step), step]));
  const sure = merged(settled, [...reminders, ...(correction === undefined ? [] : [correction])]);
  const steps = situation.inDoubt === true ? timeless(sure, before) : sure;
  const changed = steps.filter((step) => !same(before.get(keyOf(step)), step));
  return {
    steps,
    changed,
    lastSaid: lastSaid && { at: lastSaid.since, revision: lastSaid.revision },
    correctionSeq: correctionSeqOf(steps, situation.series),
    impossible: changed.find((step) => isImpossible(step) && !isImpossible(before.get(keyOf(step)))),
  };
}

/** Returns the steps with the outcomes of their messages; nothing is planned anew. */
export const settledSteps = (situation: SeriesSituation): readonly Step[] =>
  situation.steps.map((step) => settle(step, situation));

const keyOf = ({ revision, position }: Step): number => seqOf(revision, position);

/**
 * Restricts a plan to what a clock in doubt may decide: known steps stay, unless people decided otherwise; no new
 * one is too late.
 */
const timeless = (steps: readonly Step[], before: ReadonlyMap<number, Step>): Step[] =>
  steps.flatMap((step) => {
    const known = before.get(keyOf(step));
    if (isDecidedByPeople(step) || (known === undefined && step.state === 'planned')) return [step];
    return known === undefined ? [] : [known];
  });

const SAID = new Set(['CONFIRMED', 'DECLINED', 'PAID']);

const isDecidedByPeople = ({ state, code, message }: Step): boolean =>
  message !== null ||
  state === 'cancelled' ||
  (state === 'skipped' && (isExclusionCode(code) || (code !== null && SAID.has(code))));

const isImpossible = (step: Step | undefined): boolean =>
  step !== undefined && isCorrection(step.position) && ['skipped', 'expired', 'failed'].includes(step.state);

const same = (one: Step | undefined, other: Step): boolean =>
  one !== undefined && essence(one) === essence(other);

const essence = (step: Step): string =>
  JSON.stringify([
    step.state,
    step.code,
    step.because?.text.fr,
    step.facts,
    ...[step.eventAt, step.wantedAt, step.plannedAt].map((at) => (at === null ? at : Date.parse(at))),
  ]);

const merged = (old: readonly Step[], fresh: readonly Step[]): Step[] =>
  [...new Map([...old, ...fresh].map((step) => [keyOf(step), step])).values()].toSorted(
    (one, other) => keyOf(one) - keyOf(other),
  );

/** Returns a step with its message's outcome; or its end, when its subject is gone. */
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

/** Planned without a message on its way; or ready again, since somebody found that it was not accepted. */
const isOpen = (step: Step): boolean =>
  step.state === 'planned'
    ? !isUnderWay(step)
    : step.state === 'uncertain' && step.message?.state === 'ready';

/** Returns the reasons of an end; the reason of a move stays true once it was sent. */
function reasonsOf(
  step: Step,
  fate: NonNullable<ReturnType<typeof settledBy>>,
  situation: SeriesSituation,
): Pick<Step, 'code' | 'because'> {
  const code = fate.state === 'cancelled' && fate.code === 'CANCELLED' ? whyOver(step, situation) : fate.code;
  return { code, because: reasonOf(code) ?? step.because };
}

/** An end that people decided stays, unless the message turns out to have been sent. */
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
  const standsPlanned = current.filter(({ state }) => state === 'planned');
  const planned = owedSteps(situation, {
    positions: new Set(fixed.map(({ position }) => position)),
    plannedSince: new Map(standsPlanned.map(({ position, since }) => [position, DateTime.fromISO(since)])),
    skippedBefore: new Set(current.filter(isSkippedForGood).map(({ position }) => position)),
    left: departures(situation),
    correctionAt: correction?.plannedAt == null ? undefined : DateTime.fromISO(correction.plannedAt),
  });
  const known = new Map(current.map((step) => [step.position, step]));
  return planned.map((one) => reminderStep(situation, one, known.get(one.position)));
}

/** A STOP leaves planned steps to the end of the series, which cancels them. */
const isFixed = (step: Step, eligibility: Eligibility): boolean =>
  step.message !== null ||
  (step.state !== 'planned' && step.state !== 'skipped') ||
  (step.state === 'planned' && eligibility.left);

/** A skipped step is planned late only if it was skipped for its person, who may be written to again. */
const isSkippedForGood = ({ state, code }: Step): boolean => state === 'skipped' && !isExclusionCode(code);

/** Returns the moments at which messages of this event were sent, or are about to be. */
const departures = ({ series, steps, now }: SeriesSituation): DateTime[] =>
  steps
    .filter((step) => isSentOrUnderWay(step, series.revision))
    .map((step) => (hasLeft(step) ? DateTime.fromISO(step.since) : now));

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
  return step === undefined ? null : keyOf(step);
}
