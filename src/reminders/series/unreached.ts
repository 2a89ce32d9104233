import { DateTime } from 'luxon';
import type { ReasonInWords } from '../../platform/index.ts';
import type { Considered } from './next-turn.ts';
import { reasonIn } from '../../sending/index.ts';
import { ending, notReached, type StepReason } from './reason.ts';
import { isCalledOff } from './series.ts';
import type { Step } from '../steps/step.ts';
import { instalmentOf } from './terms.ts';
import { languageOf } from '../../words/index.ts';

/** The period of events; ISO instants, both inclusive. */
export interface EventPeriod {
  readonly from: string;
  readonly to: string;
}

/**
 * Returns the reason why somebody must phone: the person was not informed and will not be, or their answer waits
 * for somebody. Undefined when they are or will be informed, and nobody has to act.
 */
export function whyUnreached(
  { series, steps, eligibility }: Pick<Considered, 'series' | 'steps' | 'eligibility'>,
  asked: EventPeriod,
): ReasonInWords | undefined {
  const language = languageOf(eligibility.locale);
  const answer = answerToAct(series);
  if (answer !== undefined) return reasonIn(notReached(answer, null), language);
  const about = steps.filter((step) => isAskedAbout(step, { series, asked }));
  const mine = about.filter(({ revision }) => revision === series.revision);
  if (about.some((step) => isReached(step) && isStillTrue(step, { series, mine }))) return undefined;
  const reason = reasonOf({ series, mine, steps, left: eligibility.left });
  return reason && reasonIn(reason, language);
}

/** Returns a person's answer that the back office has to act on, as long as the booking is unchanged. */
function answerToAct({
  state,
  declinedAt,
  unclearAt,
}: Considered['series']): 'DECLINED' | 'ANSWER_UNCLEAR' | undefined {
  if (isCalledOff(state)) return undefined;
  if (unclearAt !== null) return 'ANSWER_UNCLEAR';
  return declinedAt === null ? undefined : 'DECLINED';
}

/** A payment plan has many events: only those in the period count. */
function isAskedAbout(
  { step }: Step,
  { series, asked }: { readonly series: Considered['series']; readonly asked: EventPeriod },
): boolean {
  const instalment = instalmentOf(step, series.terms);
  if (series.terms.kind !== 'payment-plan') return true;
  if (instalment === undefined) return false;
  const noon = DateTime.fromISO(`${instalment.dueOn}T12:00`, { zone: series.eventZone }).toMillis();
  return noon >= Date.parse(asked.from) && noon <= Date.parse(asked.to);
}

interface Facts {
  readonly series: Considered['series'];
  readonly mine: readonly Step[];
  readonly steps: readonly Step[];
  readonly left: boolean;
}

function reasonOf({ series, mine, steps, left }: Facts): StepReason | undefined {
  const wrong = mine.find((step) => ['moved', 'cancelled'].includes(step.step) && isLost(step));
  if (wrong !== undefined) return notReached('CORRECTION_IMPOSSIBLE', wrong.because);
  if (owesNothing(series, mine)) return undefined;
  if (left || series.state === 'stopped') return ending('STOPPED');
  if (steps.some(({ message }) => message?.state === 'undelivered')) return notReached('UNDELIVERED', null);
  if (mine.some(({ state }) => state === 'uncertain')) return notReached('UNCERTAIN', null);
  if (series.state === 'paused') return notReached('PAUSED', null);
  return mine.at(-1)?.because ?? notReached('NOT_SENT', null);
}

/** Says whether the series is over, about to be announced, paid, or covered by another reminder of the same date. */
function owesNothing({ state, kind }: Considered['series'], mine: readonly Step[]): boolean {
  if (isCalledOff(state)) return true;
  if (state === 'open' && mine.some((step) => step.state === 'planned')) return true;
  return kind === 'payment-plan' && mine.some(({ code }) => code === 'PAID' || code === 'COLLAPSED');
}

/** Says whether an older revision's message is true again, or still; of a cancelled event only its cancellation is. */
function isStillTrue(
  step: Step,
  { series, mine }: { readonly series: Considered['series']; readonly mine: readonly Step[] },
): boolean {
  if (isCalledOff(series.state)) return step.step === 'cancelled' && mine.includes(step);
  return series.terms.kind === 'payment-plan'
    ? mine.some(({ eventAt }) => Date.parse(eventAt) === Date.parse(step.eventAt))
    : step.facts === series.facts.toString('hex');
}

const isLost = ({ state }: Step): boolean => ['skipped', 'expired', 'failed'].includes(state);

const isReached = ({ state, message }: Step): boolean => state === 'sent' && message?.state !== 'undelivered';
