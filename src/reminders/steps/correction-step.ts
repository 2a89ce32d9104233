import { DateTime } from 'luxon';
import { correctionOwed, type Correction, type CorrectionQuestion, type SaidEvent } from './correction.ts';
import { ending } from '../series/reason.ts';
import { CORRECTION_POSITION, isCalledOff, isLive } from '../series/series.ts';
import { iso, placeNow, type SeriesSituation } from '../series/situation.ts';
import type { Step } from './step.ts';

/** Returns the step that corrects `last`; undefined when none is owed, or when its outcome is settled. */
export function correctionStep(situation: SeriesSituation, last: Step | undefined): Step | undefined {
  const { series, now } = situation;
  const kind = isCalledOff(series.state) ? 'cancelled' : 'moved';
  const known = situation.steps.find(
    ({ revision, position }) => revision === series.revision && position === CORRECTION_POSITION[kind],
  );
  if (known !== undefined && (known.state !== 'planned' || known.message !== null)) return undefined;
  const owed = mayCorrect(situation) ? correctionOwed(questionOf(situation, last, kind)) : undefined;
  if (owed === undefined) return known && takenBack(known, now);
  // The cancellation names the event already announced, which a move in between may not have been.
  const about = kind === 'cancelled' && last !== undefined ? last.eventAt : series.eventAt;
  return asStep(situation, owed, { known, about });
}

/** The end of a contract is its holder's own act, and a payment plan announces its new schedule instead. */
const mayCorrect = ({ series }: SeriesSituation): boolean =>
  series.notifyChange &&
  series.kind !== 'payment-plan' &&
  (isLive(series.state) || (isCalledOff(series.state) && series.kind === 'appointment'));

function questionOf(
  situation: SeriesSituation,
  last: Step | undefined,
  kind: 'moved' | 'cancelled',
): CorrectionQuestion {
  const { series, now, eligibility } = situation;
  const facts = series.facts.toString('hex');
  const eventAt = DateTime.fromISO(series.eventAt, { zone: series.eventZone });
  return {
    said: saidByStep(last),
    current: kind === 'cancelled' ? { kind } : { kind, facts, eventAt },
    changedAt: DateTime.fromISO(series.revisedAt),
    now,
    locality: placeNow(situation),
    exclusion: eligibility.why,
  };
}

/** Returns the event that a sent message named. */
export const saidByStep = (step: Step | undefined): SaidEvent | undefined =>
  step && {
    facts: step.facts,
    eventAt: DateTime.fromISO(step.eventAt),
    cancelled: step.position === CORRECTION_POSITION.cancelled,
  };

/** Nothing false was said after all: the message that seemed to have been sent never was. */
const takenBack = (known: Step, now: DateTime): Step => ({
  ...known,
  plannedAt: null,
  state: 'cancelled',
  code: 'MOVED',
  because: ending('MOVED'),
  since: iso(now),
});

function asStep(
  { series, now }: SeriesSituation,
  owed: Correction,
  { known, about }: { readonly known: Step | undefined; readonly about: string },
): Step {
  const state = owed.plannedAt === undefined ? 'skipped' : 'planned';
  return {
    revision: series.revision,
    position: CORRECTION_POSITION[owed.step],
    step: owed.step,
    facts: series.facts.toString('hex'),
    eventAt: about,
    wantedAt: iso(owed.wantedAt),
    plannedAt: owed.plannedAt === undefined ? null : sooner(known?.plannedAt, owed.plannedAt, now),
    state,
    code: owed.reason?.code ?? null,
    because: owed.reason ?? null,
    since: known?.state === state ? known.since : iso(now),
    message: null,
  };
}

/** A due correction stays due at its own moment. */
const sooner = (known: string | null | undefined, planned: DateTime, now: DateTime): string =>
  known != null && planned <= now ? known : iso(planned);
