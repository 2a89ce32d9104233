import { DateTime } from 'luxon';
import { momentInWords, tooLateFrom } from '../../law/index.ts';
import { dayIn, isoText } from '../../rule/index.ts';
import type { Plan, PlanReason as Sending, SendState } from '../../platform/index.ts';
import { reasonIn, localisedPlan } from '../../sending/index.ts';
import { correctionLimit, saidByStep } from '../steps/correction.ts';
import { noticeAlarmAt } from '../steps/plan-steps.ts';
import { excludedBy, isExclusionCode, type StepReason } from './reason.ts';
import { CORRECTION_POSITION, isCalledOff, isCorrection, isLive, seqOf, type Series } from './series.ts';
import type { Eligibility } from './reminder-eligibility.repository.ts';
import { stepNotes, stepName, hasLeft, type Step } from '../steps/step.ts';
import { bilingual, inEachLanguage, languageOf } from '../../words/index.ts';

/** Time for which an operator is asked about a message of unknown outcome, in milliseconds. */
const UNCERTAIN_MS = 2 * 3_600_000;

/** A series after everything known was taken into account. */
export interface Considered {
  readonly series: Series;
  readonly steps: readonly Step[];
  readonly eligibility: Eligibility;
  readonly now: DateTime;
}

/** A series' next action; `step` is the one whose message may be sent now. */
export type SeriesTurn =
  | {
      readonly kind: 'end';
      readonly state: 'completed' | 'stopped' | 'as-it-is';
      readonly because: StepReason;
    }
  | { readonly kind: 'send'; readonly step: Step; readonly because: StepReason }
  | {
      readonly kind: 'wait';
      readonly state: SendState;
      readonly until: DateTime;
      /** The send path's own reason, or the plan's. */
      readonly because: StepReason | Sending;
    };

/** Returns the next turn; `asked` means that the operator has just been asked about uncertain messages. */
export function nextTurn(considered: Considered, asked = { uncertain: false }): SeriesTurn {
  const { series, steps } = considered;
  const { state } = series;
  const open = steps.find((step) => isOnTheWire(step) || (!asked.uncertain && isUnclear(step)));
  if (open !== undefined)
    return { kind: 'send', step: open, because: { code: 'SENDING', text: WORDS.sending } };
  if (state === 'paused') return paused(considered);
  if (!isLive(state) && !isCalledOff(state)) return end('as-it-is', 'DONE');
  const ahead = steps.filter((step) => step.state === 'planned').toSorted(byDeparture);
  if (considered.eligibility.left && isLive(state) && ahead.length > 0) return end('stopped', 'STOPPED');
  const [next] = ahead;
  const turn = next === undefined ? nothingAhead(considered) : stepTurn(considered, next);
  return awakeForNotice(considered, turn);
}

/** A renewal without its legal notice keeps its wake-up until somebody was notified of it. */
function awakeForNotice(considered: Considered, turn: SeriesTurn): SeriesTurn {
  const until = noticeAlarmAt(considered.series);
  if (until === undefined || turn.kind === 'send' || (turn.kind === 'wait' && turn.until <= until))
    return turn;
  const because = { code: 'REN_02', ruleId: 'REN-02', text: WORDS.notice };
  return { kind: 'wait', state: 'waiting-window', until, because };
}

const isOnTheWire = ({ message }: Step): boolean => message?.state === 'submitting';

const isUnclear = ({ state, message }: Step): boolean =>
  state === 'uncertain' && message?.markedMsAgo != null && message.markedMsAgo < UNCERTAIN_MS;

const byDeparture = (one: Step, other: Step): number =>
  Date.parse(one.plannedAt ?? one.wantedAt) - Date.parse(other.plannedAt ?? other.wantedAt);

function paused(considered: Considered): SeriesTurn {
  const eventAt = DateTime.fromISO(considered.series.eventAt);
  if (eventAt <= considered.now) return end('completed', 'COMPLETED');
  return { kind: 'wait', state: 'paused', until: eventAt, because: { code: 'PAUSED', text: WORDS.paused } };
}

/** A person who may not be written to keeps the series open: an agreement before the event plans the remaining steps. */
function nothingAhead(considered: Considered): SeriesTurn {
  const { series, steps, now } = considered;
  const eventAt = DateTime.fromISO(series.eventAt);
  const excludedStep = steps.find(
    ({ revision, code }) => revision === series.revision && isExclusionCode(code),
  );
  if (!isLive(series.state)) return end('as-it-is', 'CANCELLED');
  if (excludedStep === undefined || eventAt <= now) return end('completed', 'COMPLETED');
  return {
    kind: 'wait',
    state: 'waiting-window',
    until: eventAt,
    because: excludedStep.because ?? excludedBy('NO_BASIS'),
  };
}

function stepTurn(considered: Considered, step: Step): SeriesTurn {
  const at = DateTime.fromISO(step.plannedAt ?? step.wantedAt);
  const because = becauseOf(considered, step, at);
  if (at <= considered.now) return { kind: 'send', step, because };
  return { kind: 'wait', state: 'waiting-window', until: at, because };
}

function becauseOf({ eligibility }: Considered, step: Step, at: DateTime): StepReason {
  if (step.because !== null) return step.because;
  const text = bilingual.series.stepPlanned({
    step: inEachLanguage((language) => stepName(step.step, language)),
    at: inEachLanguage((language) => momentInWords(at.setZone(eligibility.timeZone), language)),
  });
  return { code: 'PLANNED', at: at.toString(), text };
}

const end = (state: (SeriesTurn & { kind: 'end' })['state'], code: keyof typeof ENDS): SeriesTurn => ({
  kind: 'end',
  state,
  because: { code, text: ENDS[code] },
});

const ENDS = bilingual.series.ends;

const WORDS = bilingual.series.turns;

/** Converts the turn to a plan for the workflow. */
export function turnPlanOf(turn: SeriesTurn, considered: Considered): Plan {
  const { now, eligibility } = considered;
  return localisedPlan(planned(turn, considered), { ...eligibility, now });
}

function planned(turn: SeriesTurn, { now, eligibility, steps }: Considered): Plan {
  const { locale, territory } = eligibility;
  const language = languageOf(locale);
  const notes = { locale: language, territory, steps: stepNotes(steps, eligibility) };
  const because = reasonIn(turn.because, language);
  if (turn.kind === 'end') return { ...notes, kind: 'done', because };
  if (turn.kind === 'send') return { ...notes, kind: 'send', because };
  return {
    ...notes,
    kind: 'wait',
    state: turn.state,
    waitMs: Math.max(1, Math.ceil(turn.until.diff(now).toMillis())),
    nextActionAt: isoText(turn.until.toUTC()),
    because,
  };
}

/** Returns the instant from which a step's message would come too late. */
export function expiryOf(step: Step, series: Series, steps: readonly Step[]): string {
  const zone = series.timeZone;
  const eventAt = DateTime.fromISO(step.eventAt);
  if (!isCorrection(step.position)) {
    const wanted = DateTime.fromISO(step.wantedAt);
    const due = step.plannedAt === null ? wanted : DateTime.fromISO(step.plannedAt);
    return isoText(tooLateFrom(due, { wanted, eventAt, day: dayIn(wanted, zone) }).toUTC());
  }
  const said = saidByStep(
    steps.findLast(
      (one) => seqOf(one.revision, one.position) < seqOf(step.revision, step.position) && hasLeft(one),
    ),
  );
  const current =
    step.position === CORRECTION_POSITION.cancelled
      ? { kind: 'cancelled' as const }
      : { kind: 'moved' as const, eventAt: DateTime.fromISO(series.eventAt) };
  const limit = correctionLimit(said ?? { eventAt, cancelled: false }, current, zone);
  return isoText(limit.toUTC());
}
