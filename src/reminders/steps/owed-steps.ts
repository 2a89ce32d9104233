import { DateTime } from 'luxon';
import { type Locality, localityNamed, isoText } from '../../rule/index.ts';
import type { Series } from '../series/series.ts';
import type { Eligibility } from '../series/reminder-eligibility.repository.ts';
import { ending } from '../series/reason.ts';
import { type Step, hasLeft, isSentOrUnderWay } from './step.ts';
import { planPayments, type PaymentQuestion, planRenewal } from './plan-contract.ts';
import { planSteps, skipped } from './plan-steps.ts';
import type { PlannedStep } from './planned-step.ts';

/** All known facts of a series at one instant. */
export interface SeriesSituation {
  readonly series: Series;
  readonly steps: readonly Step[];
  readonly eligibility: Eligibility;
  /** The law clock. */
  readonly now: DateTime;
  /** True when that clock may be wrong: then nothing is too late by it. */
  readonly inDoubt?: boolean;
}

/** Returns the recipient's present place; undefined when it is unknown. */
export const placeNow = ({ eligibility }: SeriesSituation): Locality | undefined =>
  localityNamed(eligibility.territory, eligibility.timeZone, eligibility.goodFriday);

/** Says whether the person declined, and that ends the remaining reminders. */
export function declineEnds(
  { declinedAt, terms }: Pick<Series, 'declinedAt' | 'terms'>,
  { onDecline }: Pick<Eligibility, 'onDecline'>,
): boolean {
  if (declinedAt === null || terms.kind !== 'appointment') return false;
  return (terms.onDecline ?? onDecline) === 'cancel';
}

export const iso = (at: DateTime): string => isoText(at.toUTC());

/** Plans each open step by the kind of the series. */
export function owedSteps(
  situation: SeriesSituation,
  settled: {
    readonly positions: ReadonlySet<number>;
    readonly plannedSince: ReadonlyMap<number, DateTime>;
    /** Positions that were skipped for a reason that a late departure would not cure. */
    readonly skippedBefore: ReadonlySet<number>;
    /** The moments at which messages of its event were sent, or are about to be. */
    readonly left: readonly DateTime[];
    readonly correctionAt: DateTime | undefined;
  },
): readonly PlannedStep[] {
  const { series, eligibility, now } = situation;
  const { positions, plannedSince, skippedBefore, left, correctionAt } = settled;
  const eventAt = DateTime.fromISO(series.eventAt, { zone: series.eventZone });
  const question = {
    plan: series.plan,
    settled: positions,
    purpose: series.purpose,
    eventAt,
    locality: placeNow(situation),
    now,
    plannedSince,
    skippedBefore,
    saidBefore: departed(situation).some((step) => Date.parse(step.eventAt) > now.toMillis()),
    ifLate: series.terms.ifLate ?? eligibility.ifLate,
    exclusion: eligibility.why,
  };
  const { terms } = series;
  switch (terms.kind) {
    case 'appointment':
      return answered(situation, planSteps({ ...question, left, correctionAt }));
    case 'subscription': {
      const saidAt = [...saidWhileTrue(situation), ...(correctionAt === undefined ? [] : [correctionAt])];
      return planRenewal({ ...question, terms, left, correctionAt, saidAt });
    }
    case 'payment-plan':
      return planPayments({ ...question, ...paymentFacts(situation), terms });
    default:
      return terms satisfies never;
  }
}

/** A person who answered gets no further reminder, when the tenant chose so. */
function answered(situation: SeriesSituation, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const code = enough(situation);
  if (code === undefined) return steps;
  return steps.map((step) => (step.state === 'planned' ? skipped(step, ending(code)) : step));
}

function enough({ series, eligibility }: SeriesSituation): 'CONFIRMED' | 'DECLINED' | undefined {
  if (declineEnds(series, eligibility)) return 'DECLINED';
  return series.confirmedAt !== null && eligibility.confirmationSkips ? 'CONFIRMED' : undefined;
}

/** Returns the messages that were sent or are being sent, with the moment of each. */
const departed = ({ series, steps, now }: SeriesSituation): (Step & { readonly at: DateTime })[] =>
  steps
    .filter((step) => isSentOrUnderWay(step, series.revision))
    .map((step) => Object.assign({}, step, { at: hasLeft(step) ? DateTime.fromISO(step.since) : now }));

/** Returns the moments at which messages with the current dates were sent. */
function saidWhileTrue(situation: SeriesSituation): DateTime[] {
  const facts = situation.series.facts.toString('hex');
  return departed(situation)
    .filter((step) => step.facts === facts)
    .map(({ at }) => at);
}

const paymentFacts = (
  situation: SeriesSituation,
): Pick<PaymentQuestion, 'paid' | 'facts' | 'filedAt' | 'changedAt' | 'said'> => ({
  paid: situation.series.paid,
  facts: situation.series.facts.toString('hex'),
  filedAt: DateTime.fromISO(situation.series.createdAt),
  changedAt: DateTime.fromISO(situation.series.revisedAt),
  said: departed(situation),
});
