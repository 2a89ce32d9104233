import { isoText, dayIn } from '../../rule/index.ts';
import type { Clock, Database, Transaction, Plan, PlanReason, SendState } from '../../platform/index.ts';
import { tooLateFrom } from '../../law/index.ts';
import { DOUBT_MS, GATE_WORDS, isInDoubt, reasonIn, localisedPlan } from '../../sending/index.ts';
import { announce, keepSeriesPlan, noteAwake } from './notify.repository.ts';
import { reconsider } from './outlook.ts';
import { closeSeries, lockSeries, setBatchState } from './series.repository.ts';
import {
  isLive,
  type Series,
  isCorrection,
  SCHEDULE_POSITION,
  CORRECTION_POSITION,
  isCalledOff,
} from './series.ts';
import { readEligibility, remindersSince, waitForPerson } from './reminder-eligibility.repository.ts';
import { addStepMessage, endOthers, readSteps } from '../steps/step.repository.ts';
import { isUnderWay, type Step, hasLeft, seqOfStep, stepNotes, stepName } from '../steps/step.ts';
import { reasonWords, bilingual, inEachLanguage, languageOf } from '../../words/index.ts';
import { DateTime } from 'luxon';
import { tenantOf } from '../../company/index.ts';
import { correctionLimit, saidByStep, type SeriesSituation } from '../steps/owed-steps.ts';
import { noticeAlarmAt } from '../steps/plan-steps.ts';
import { excludedBy, isExclusionCode, momentWords, type StepReason } from './reason.ts';

export interface SeriesDeps {
  readonly database: Database;
  readonly clock: Clock;
  /** The send path for one batch: `sendChunk`. */
  readonly send: (request: {
    readonly tenantId: string;
    readonly batchId: string;
    readonly signal: AbortSignal;
    /** ISO instant from which it would come too late. */
    readonly expireAt: string;
  }) => Promise<Plan<PlanReason>>;
}

interface SeriesIds {
  readonly tenantId: string;
  readonly seriesId: string;
}

/** Plans a series under today's law and stores its wait, or closes it; safe to repeat. */
export const planSeries = (deps: SeriesDeps, series: SeriesIds): Promise<Plan<PlanReason>> =>
  planBy(deps, series, nextTurn);

/**
 * Sends the due step, if there is one; returns the next plan, and closes a row that owes nothing more. Safe to
 * repeat and to run twice at once.
 */
export async function sendStep(
  deps: SeriesDeps,
  { tenantId, seriesId, signal }: SeriesIds & { readonly signal: AbortSignal },
): Promise<Plan<PlanReason>> {
  const ready = await deps.database.withTenant(tenantId, (tx) => makeReady(tx, deps, seriesId));
  if ('plan' in ready) return ready.plan;
  const chunk = await deps.send({ tenantId, batchId: ready.batchId, signal, expireAt: ready.expireAt });
  return planBy(deps, { tenantId, seriesId }, (considered) => turnAfter(chunk, considered));
}

/** Closes a series for older workflows; returns another plan than `done` when something came between. */
export const endSeries = (deps: SeriesDeps, series: SeriesIds): Promise<Plan<PlanReason>> =>
  planBy(deps, series, (considered) => nextTurn(considered, { wasAsked: true }));

/** Stores the wait of a series until its next turn, or closes it; it only waits where nothing may be decided. */
const planBy = (
  deps: SeriesDeps,
  { tenantId, seriesId }: SeriesIds,
  turnOf: (considered: SeriesSituation) => SeriesTurn,
): Promise<Plan<PlanReason>> =>
  deps.database.withTenant(tenantId, async (tx) => {
    const considered = await consider(tx, deps, seriesId);
    return 'kind' in considered ? considered : settle(tx, deps, { considered, turn: turnOf(considered) });
  });

const GONE: Plan<PlanReason> = { kind: 'done', because: { code: 'GONE', text: reasonWords('seriesGone') } };

/** Returns the series under today's law; or the plan, where nothing may be decided. */
async function consider(
  tx: Transaction,
  deps: SeriesDeps,
  seriesId: string,
): Promise<SeriesSituation | Plan<PlanReason>> {
  const series = await lockSeries(tx, seriesId);
  if (series === undefined) return GONE;
  if (isInDoubt(deps.clock)) return keepDoubt(tx, await asItStands(tx, deps, series));
  const considered = await reconsider(tx, deps, series);
  // The clock may jump during the transaction: a plan made then decides nothing.
  return considered.inDoubt ? keepDoubt(tx, considered) : considered;
}

async function asItStands(tx: Transaction, { clock }: SeriesDeps, series: Series): Promise<SeriesSituation> {
  const now = clock.now();
  const [eligibility, steps] = await Promise.all([
    readEligibility(tx, { ...series, at: now.toISO() }),
    readSteps(tx, series),
  ]);
  return { series, steps, eligibility, now };
}

/** Makes the series wait until the clock is sure, and shows why: by a clock that jumped ahead each event has passed. */
const keepDoubt = (tx: Transaction, considered: SeriesSituation): Promise<Plan<PlanReason>> =>
  keep(tx, considered, {
    kind: 'wait',
    state: 'parked',
    until: considered.now.plus(DOUBT_MS),
    because: { code: 'CLOCK_DOUBT', text: GATE_WORDS.CLOCK_DOUBT },
  });

/** Closes a series that owes nothing more, in the transaction that found it so; else stores its wait. */
async function settle(
  tx: Transaction,
  deps: SeriesDeps,
  { considered, turn }: { readonly considered: SeriesSituation; readonly turn: SeriesTurn },
): Promise<Plan<PlanReason>> {
  if (turn.kind !== 'end') return keep(tx, considered, turn);
  return keep(tx, await close(tx, deps, { considered, turn }), turn);
}

/** Stores the plan for people and the scheduler, in both languages. */
async function keep(
  tx: Transaction,
  considered: SeriesSituation,
  turn: SeriesTurn,
): Promise<Plan<PlanReason>> {
  const plan = turnPlanOf(turn, considered);
  const waits = plan.kind === 'wait';
  await keepSeriesPlan(tx, considered.series.id, {
    nextActionAt: waits ? plan.nextActionAt : null,
    waiting: waits ? { ...turn.because, until: plan.nextActionAt } : null,
  });
  return plan;
}

/** Makes the message of the due step; other ready messages of its batch are not sent any more. */
async function makeReady(
  tx: Transaction,
  deps: SeriesDeps,
  seriesId: string,
): Promise<{ readonly plan: Plan<PlanReason> } | { readonly batchId: string; readonly expireAt: string }> {
  const considered = await consider(tx, deps, seriesId);
  if ('kind' in considered) return { plan: considered };
  const turn = nextTurn(considered);
  if (turn.kind !== 'send') return { plan: await settle(tx, deps, { considered, turn }) };
  const { series, steps, now } = considered;
  const { step } = turn;
  const seq = seqOfStep(step);
  // The queries are sent in this order, in one round trip.
  const [capped] = await Promise.all([
    endOthers(tx, { batchId: series.batchId, keep: seq, at: isoText(now) }).then(
      async () => step.message === null && (await isOverCap(tx, considered, step)),
    ),
    noteAwake(tx, series.id),
    setBatchState(tx, series.id, 'open'),
  ]);
  if (step.message === null) {
    const { contactId, batchId } = series;
    const cappedAt = capped ? isoText(now) : undefined;
    await addStepMessage(tx, { batchId, seq, contactId, revision: step.revision, cappedAt });
  }
  if (capped) return makeReady(tx, deps, seriesId);
  return { batchId: series.batchId, expireAt: expiryOf(step, series, steps) };
}

/** Wait where the send path has no plan for a ready message, as without its account. */
const ASK_AGAIN_MS = 30_000;

/**
 * Returns the next turn after sending: why a message was not sent outweighs the plan, which only knows that it is
 * due.
 */
function turnAfter(chunk: Plan<PlanReason>, considered: SeriesSituation): SeriesTurn {
  const turn = nextTurn(considered, { wasAsked: chunk.kind === 'done' });
  if (turn.kind !== 'send' || chunk.kind === 'send') return turn;
  const { now, steps } = considered;
  const { because } = chunk;
  if (chunk.kind === 'wait')
    return { kind: 'wait', state: chunk.state, until: now.plus(chunk.waitMs), because };
  if (!steps.some(isUnderWay)) return turn;
  return { kind: 'wait', state: 'parked', until: now.plus(ASK_AGAIN_MS), because };
}

/** Ends the row and its ready messages; returns the series as it now is. */
async function close(
  tx: Transaction,
  { clock }: SeriesDeps,
  { considered, turn }: { readonly considered: SeriesSituation; readonly turn: SeriesTurn & { kind: 'end' } },
): Promise<SeriesSituation> {
  const { series, now } = considered;
  const at = isoText(now);
  await Promise.all([
    endOthers(tx, { batchId: series.batchId, keep: null, at }),
    setBatchState(tx, series.id, 'done'),
  ]);
  if (!isLive(series.state) || turn.state === 'as-it-is') return considered;
  await closeSeries(tx, series.id, { state: turn.state, because: turn.because.code, at });
  const isOpen = considered.steps.some(({ state }) => state === 'planned');
  const closed = isOpen ? await reconsider(tx, { clock }, { ...series, state: turn.state }) : considered;
  await announce(tx, clock, { type: 'series.ended', seriesId: series.id, details: { state: turn.state } });
  return closed;
}

const MONTH_DAYS = 30;

/**
 * Says whether the tenant's cap of that purpose excludes this step (FRQ-01); false without a cap. Locks the person
 * until the transaction ends, so that two series cannot both take the last place. A correction of a false text is
 * never held back.
 */
async function isOverCap(
  tx: Transaction,
  { series, steps, eligibility, now }: SeriesSituation,
  step: Step,
): Promise<boolean> {
  const cap = (await tenantOf(tx))?.settings.frequency?.[series.purpose];
  if (cap === undefined || correctsText(step, steps)) return false;
  const { contactId, purpose } = series;
  await waitForPerson(tx, contactId);
  const today = DateTime.fromISO(isoText(now), { zone: eligibility.timeZone }).startOf('day');
  const month = now.minus({ days: MONTH_DAYS });
  const since = (at: DateTime): Promise<number> =>
    remindersSince(tx, { contactId, purpose, since: isoText(at) });
  const { perDay, perMonth } = cap;
  return (
    (perDay !== undefined && (await since(today)) >= perDay) ||
    (perMonth !== undefined && (await since(month)) >= perMonth)
  );
}

/** Says whether a step corrects a sent text: a payment plan that changed is announced again. */
const correctsText = (step: Step, steps: readonly Step[]): boolean =>
  isCorrection(step.position) ||
  (step.position === SCHEDULE_POSITION &&
    steps.some((one) => one.position === SCHEDULE_POSITION && hasLeft(one)));

/** Time for which an operator is asked about a message of unknown outcome, in milliseconds. */
const UNCERTAIN_MS = 2 * 3_600_000;

/** A series' next action; `step` is the one whose message may be sent now. */
type SeriesTurn =
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
      readonly because: StepReason | PlanReason;
    };

/** Returns the next turn; `wasAsked` means that the operator has just been asked about uncertain messages. */
function nextTurn(considered: SeriesSituation, { wasAsked } = { wasAsked: false }): SeriesTurn {
  const { series, steps } = considered;
  const { state } = series;
  const open = steps.find((step) => isOnTheWire(step) || (!wasAsked && mayBeAskedAbout(step)));
  if (open !== undefined)
    return { kind: 'send', step: open, because: { code: 'SENDING', text: WORDS.sending } };
  if (state === 'paused') return pausedTurn(considered);
  if (!isLive(state) && !isCalledOff(state)) return end('as-it-is', 'DONE');
  const ahead = steps.filter((step) => step.state === 'planned').toSorted(byDeparture);
  if (considered.eligibility.left && isLive(state) && ahead.length > 0) return end('stopped', 'STOPPED');
  const [next] = ahead;
  const turn = next === undefined ? nothingAhead(considered) : stepTurn(considered, next);
  return awakeForNotice(considered, turn);
}

/**
 * Keeps a renewal without its legal notice awake until the back office is notified: shortens a wait, and puts off an
 * end.
 */
function awakeForNotice(considered: SeriesSituation, turn: SeriesTurn): SeriesTurn {
  const until = noticeAlarmAt(considered.series);
  if (until === undefined || turn.kind === 'send' || (turn.kind === 'wait' && turn.until <= until))
    return turn;
  const because = { code: 'REN_02', ruleId: 'REN-02', text: WORDS.notice };
  return { kind: 'wait', state: 'waiting-window', until, because };
}

const isOnTheWire = ({ message }: Step): boolean => message?.state === 'submitting';

const mayBeAskedAbout = ({ state, message }: Step): boolean =>
  state === 'uncertain' && message?.markedMsAgo != null && message.markedMsAgo < UNCERTAIN_MS;

const byDeparture = (one: Step, other: Step): number =>
  Date.parse(one.plannedAt ?? one.wantedAt) - Date.parse(other.plannedAt ?? other.wantedAt);

function pausedTurn(considered: SeriesSituation): SeriesTurn {
  const eventAt = DateTime.fromISO(considered.series.eventAt);
  if (eventAt <= considered.now) return end('completed', 'COMPLETED');
  return { kind: 'wait', state: 'paused', until: eventAt, because: { code: 'PAUSED', text: WORDS.paused } };
}

/**
 * Returns the turn without planned steps. A person who may not be written to keeps the series open until its event,
 * since an agreement would plan the remaining steps.
 */
function nothingAhead(considered: SeriesSituation): SeriesTurn {
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

function stepTurn(considered: SeriesSituation, step: Step): SeriesTurn {
  const at = DateTime.fromISO(step.plannedAt ?? step.wantedAt);
  const because = becauseOf(considered, step, at);
  if (at <= considered.now) return { kind: 'send', step, because };
  return { kind: 'wait', state: 'waiting-window', until: at, because };
}

function becauseOf({ eligibility }: SeriesSituation, step: Step, at: DateTime): StepReason {
  if (step.because !== null) return step.because;
  const text = bilingual.series.stepPlanned({
    step: inEachLanguage((language) => stepName(step.step, language)),
    at: momentWords(at.setZone(eligibility.timeZone)),
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

function turnPlanOf(turn: SeriesTurn, considered: SeriesSituation): Plan {
  const { now, eligibility } = considered;
  return localisedPlan(planned(turn, considered), { ...eligibility, now });
}

function planned(turn: SeriesTurn, { now, eligibility, steps }: SeriesSituation): Plan {
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
function expiryOf(step: Step, series: Series, steps: readonly Step[]): string {
  const zone = series.timeZone;
  const eventAt = DateTime.fromISO(step.eventAt);
  if (!isCorrection(step.position)) {
    const wanted = DateTime.fromISO(step.wantedAt);
    const due = step.plannedAt === null ? wanted : DateTime.fromISO(step.plannedAt);
    return isoText(tooLateFrom(due, { wanted, eventAt, day: dayIn(wanted, zone) }).toUTC());
  }
  const said = saidByStep(steps.findLast((one) => seqOfStep(one) < seqOfStep(step) && hasLeft(one)));
  const current =
    step.position === CORRECTION_POSITION.cancelled
      ? { kind: 'cancelled' as const }
      : { kind: 'moved' as const, eventAt: DateTime.fromISO(series.eventAt) };
  const limit = correctionLimit(said ?? { eventAt, cancelled: false }, current, zone);
  return isoText(limit.toUTC());
}
