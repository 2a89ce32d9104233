import { DateTime } from 'luxon';
import type { Clock, GateCause, Plan, PlanReason, SendState, ReasonInWords } from '../../platform/index.ts';
import { resting } from '../../base/index.ts';
import { bilingual, type Words, reasonWords, languageOf, wordsIn, type Language } from '../../words/index.ts';
import { ruleNamed, instantInWords } from '../../law/index.ts';
import { isoText, localDate } from '../../rule/index.ts';
import type { AttemptTrouble } from '../attempt/attempt.ts';
import type { Leave } from './verdict.ts';
import type { Unresolved } from '../uncertain/resolve-uncertain.ts';
import type { BatchRun } from './batch-run.repository.ts';
import type { Remaining } from './page.repository.ts';

/** The reasons for a shut gate, in each language. `JOURNAL_WAITS` shuts it for every worker, `CLOCK_DOUBT` for one. */
export const GATE_WORDS = bilingual.message.gate;

/** Interval until a shut gate is checked again, in milliseconds. */
export const DOUBT_MS = 2_000;

/** Says whether the time is too uncertain to decide anything by. */
export const isInDoubt = (clock: Clock): boolean => closedBy(clock) === 'CLOCK_DOUBT';

/** Returns the cause that shuts the gate of this worker now. */
export const closedBy = (clock: Clock): GateCause | undefined =>
  clock.doubt() === undefined ? undefined : (clock.closedBy?.() ?? 'CLOCK_DOUBT');

const LOOKS_EVERY_MS = 50;

/**
 * Waits while journals shut the gate of this worker, `DOUBT_MS` at most; other doubts do not wait here. After an
 * outage hundreds of series would read, plan and write again and again only to find the gate shut, and keep from
 * PostgreSQL the opt-outs that open it. It opens for all waiting here at once.
 */
export async function atGate(clock: Clock, signal: AbortSignal): Promise<void> {
  const until = clock.monotonic() + DOUBT_MS;
  while (closedBy(clock) === 'JOURNAL_WAITS' && clock.monotonic() < until && !signal.aborted)
    await resting(LOOKS_EVERY_MS);
}

/** The reason to wait while a suppression list is read: nobody whom it may name is written to. */
export const LIST_UNREAD = bilingual.message.listUnread;

/** The reason to wait once reading stopped at a row of such a list: a person must act. */
export const listParked = (importId: string): Words => bilingual.message.listParked({ importId });

const ASK_AGAIN_MS = 30_000;
const HOUR_MS = 3_600_000;

/** The facts by which the next step of a batch is planned. */
export interface BatchSituation {
  readonly run: BatchRun;
  readonly remaining: Remaining;
  /** The result of asking the operator; undefined when nobody asked yet. */
  readonly unresolved: Unresolved | undefined;
  /** The result of the last scan, when it moved nothing. */
  readonly stuck: Stuck | undefined;
  /** The trouble that ended an attempt early. */
  readonly trouble: AttemptTrouble | undefined;
  /** True when this worker has the account. */
  readonly hasAccount: boolean;
  /** The law clock and the machine clock, read together. */
  readonly now: DateTime;
  readonly machineMs: number;
  /** The cause that closes the gate for everybody. */
  readonly closedBy: GateCause | undefined;
  /** The law's decision for the batch's own place; undefined when the place is unknown. */
  readonly decision: Leave | undefined;
}

/** What a scan that moved nothing found. */
export interface Stuck {
  /** The earliest moment at which a person elsewhere may be written to. */
  readonly heldUntil: DateTime | undefined;
  /** The reason why somebody may not be written to at any hour. */
  readonly refused: PlanReason | undefined;
}

/** The reason to wait where a person's place is unknown: no hour is surely lawful there. */
export const placeUnknown: PlanReason = { code: 'PLACE_UNKNOWN', text: reasonWords('placeUnknown') };

/** A wait whose moment is not computed yet. */
interface Pause {
  readonly state: SendState;
  readonly waitMs: number;
  readonly because: PlanReason;
}

type Step = Pause | Exclude<Plan<PlanReason>, { kind: 'wait' }>;

const pause = (state: SendState, waitMs: number, because: PlanReason): Pause => ({ state, waitMs, because });

/** Plans the next step of a batch: the one place that turns its situation into a plan. */
export function nextPlan(situation: BatchSituation): Plan<PlanReason> {
  const step = nextStep(situation);
  if ('kind' in step) return step;
  const askAgain = situation.unresolved?.againInMs ?? Number.POSITIVE_INFINITY;
  const waitMs = Math.max(1, Math.ceil(Math.min(step.waitMs, askAgain)));
  return { kind: 'wait', ...step, waitMs, nextActionAt: isoText(situation.now.plus(waitMs).toUTC()) };
}

function nextStep(situation: BatchSituation): Step {
  const { remaining, run, trouble } = situation;
  if (run.state === 'done') return { kind: 'done', because: reasonOf('DONE', reasonWords('nothingToSend')) };
  if (!situation.hasAccount && remaining.ready + remaining.submitting + remaining.uncertain > 0) {
    const text = reasonWords('accountMissing', { account: run.accountName });
    return pause('parked', ASK_AGAIN_MS, reasonOf('CONFIG', text));
  }
  if (situation.unresolved === undefined && remaining.uncertain + remaining.submitting > 0) {
    return { kind: 'send', because: reasonOf('UNCERTAIN', reasonWords('uncertainFirst')) };
  }
  if (remaining.ready === 0 && remaining.submitting === 0) return afterTheLast(situation);
  return stoppedByPeople(run) ?? stoppedAtGate(situation) ?? slowedBy(trouble) ?? byTheLaw(situation);
}

/** Plans a batch without ready messages: only uncertain ones may remain. */
function afterTheLast({ remaining: { uncertain: count }, unresolved }: BatchSituation): Step {
  if (count === 0) return { kind: 'done', because: reasonOf('DONE', reasonWords('allLeft')) };
  if (unresolved === undefined || unresolved.againInMs === null)
    return { kind: 'done', because: reasonOf('UNCERTAIN', reasonWords('uncertainLeft', { count })) };
  return pause(
    'sending',
    unresolved.againInMs,
    reasonOf('UNCERTAIN', reasonWords('uncertainAsked', { count })),
  );
}

const OVER = new Set(['cancelled', 'finished', 'stopped', 'superseded']);

function stoppedByPeople({ halted, order }: BatchRun): Pause | undefined {
  if (halted?.code === 'SUPPRESSIONS_UNREAD')
    return pause('parked', DOUBT_MS, reasonOf(halted.code, LIST_UNREAD));
  if (halted !== null) {
    const { code, reason } = halted;
    const text = code === 'SUPPRESSIONS_PARKED' ? listParked(reason) : reasonWords('halted', { reason });
    return pause('parked', ASK_AGAIN_MS, reasonOf(code, text));
  }
  if (order.kind === 'standing') return undefined;
  if (order.status === 'paused') return pause('paused', HOUR_MS, reasonOf('PAUSED', reasonWords('paused')));
  if (order.status === 'parked') return pause('parked', HOUR_MS, reasonOf('PARKED', reasonWords('parked')));
  if (order.kind === 'campaign' && OVER.has(order.status))
    return pause('planning', DOUBT_MS, reasonOf('CANCELLED', reasonWords('cancelled')));
  return undefined;
}

const stoppedAtGate = ({ closedBy: cause }: BatchSituation): Pause | undefined =>
  cause === undefined ? undefined : pause('parked', DOUBT_MS, reasonOf(cause, GATE_WORDS[cause]));

const SLOWED = {
  THROTTLED: reasonWords('askedToWait'),
  OPERATOR_FAILS: reasonWords('operatorFails'),
  BUDGET: reasonWords('budgetReserved'),
} as const;

const CANNOT_SEND = {
  CONFIG: reasonWords('accountRefused'),
  CREDIT: reasonWords('creditGone'),
  BUDGET: reasonWords('budgetReached'),
} as const;

function slowedBy(trouble: BatchSituation['trouble']): Pause | undefined {
  if (trouble === undefined) return undefined;
  if (trouble.kind === 'slower')
    return pause('sending', trouble.waitMs, reasonOf(trouble.code, SLOWED[trouble.code]));
  // A campaign is parked by then; a series and the answers try again by themselves.
  const because = reasonOf(trouble.code, withOperatorCode(CANNOT_SEND[trouble.code], trouble));
  return pause('parked', ASK_AGAIN_MS, because);
}

function withOperatorCode({ fr, en }: Words, trouble: AttemptTrouble): Words {
  if (!('operatorCode' in trouble)) return { fr, en };
  const code = reasonWords('operatorCode', { code: trouble.operatorCode });
  return { fr: `${fr} ${code.fr}`, en: `${en} ${code.en}` };
}

function byTheLaw(situation: BatchSituation): Step {
  const { decision, remaining, now } = situation;
  if (decision === undefined) return pause('parked', HOUR_MS, placeUnknown);
  const because: PlanReason = decision.because ?? reasonOf('OPEN', reasonWords('open'));
  switch (decision.verdict) {
    case 'allow':
    case 'expire':
      if (closesNow(decision, now))
        return pause('waiting-window', 1_000, reasonOf('OUT_OF_HOURS', reasonWords('closing')));
      if (situation.stuck !== undefined) return stuckFor(situation.stuck, now);
      if (remaining.due === 0)
        return pause('sending', retryIn(situation), reasonOf('RETRY', reasonWords('askedToWait')));
      return { kind: 'send', because };
    case 'hold':
      return pause('waiting-window', decision.at.diff(now).toMillis(), because);
    case 'refuse':
      return pause('parked', HOUR_MS, because);
    default:
      return decision.verdict satisfies never;
  }
}

/**
 * Says whether the window closes within its last second, in which nothing is marked: planning to send would spin.
 */
const closesNow = (decision: Leave, now: DateTime): boolean =>
  decision.verdict === 'allow' &&
  decision.until !== undefined &&
  decision.until.diff(now).toMillis() <= 1_000;

const retryIn = ({ remaining, machineMs }: BatchSituation): number =>
  Math.min(ASK_AGAIN_MS, Math.max(100, (remaining.retryAt ?? machineMs + DOUBT_MS) - machineMs));

function stuckFor({ heldUntil, refused }: Stuck, now: DateTime): Pause {
  if (heldUntil !== undefined)
    return pause(
      'waiting-window',
      heldUntil.diff(now).toMillis(),
      reasonOf('OUT_OF_HOURS', reasonWords('elsewhere')),
    );
  if (refused !== undefined) return pause('parked', ASK_AGAIN_MS, refused);
  return pause('planning', DOUBT_MS, reasonOf('GATE_CLOSED', reasonWords('gateClosed')));
}

const reasonOf = (code: string, text: Words): PlanReason => ({ code, text });

/** What a campaign or series waits for: the rule, until when, and for how many people of each territory. */
export interface WaitingFor {
  readonly code: string;
  readonly ruleId: string | null;
  /** ISO instant; null when a person has to act. */
  readonly until: string | null;
  readonly text: string;
  readonly byTerritory: readonly {
    readonly territory: string;
    readonly count: number;
    readonly until: string | null;
  }[];
}

/** The IANA zone of the people a plan concerns, and the locale of its operators. */
type Place = Pick<BatchRun, 'timeZone' | 'locale'> & { readonly now: DateTime };

/** Words the plan's moment for that place, and adds the rule with its source. */
export const localisedPlan = (decided: Plan<PlanReason>, place: Place): Plan =>
  planIn(placedPlan(decided, place), languageOf(place.locale));

/** Words the plan's moment, adds its rule, and leaves its reason in both languages, as plans are stored. */
export function placedPlan(decided: Plan<PlanReason>, { timeZone, locale, now }: Place): Plan<PlanReason> {
  const language = languageOf(locale);
  const plan = { ...decided, locale: decided.locale ?? language };
  const rule = ruleInWords(plan.because, language, now.setZone(timeZone));
  return {
    ...plan,
    ...(rule === undefined ? {} : { rule }),
    ...(plan.kind === 'wait'
      ? { until: instantInWords(DateTime.fromISO(plan.nextActionAt, { zone: timeZone }), language) }
      : {}),
  };
}

/** Words a reason in one language; an already worded one stays. */
export const reasonIn = ({ text, ...reason }: PlanReason, language: Language): ReasonInWords => ({
  ...reason,
  text: typeof text === 'string' ? text : text[language],
});

/** Words a plan's reason in one language. */
export const planIn = (plan: Plan<PlanReason>, language: Language): Plan => ({
  ...plan,
  locale: plan.locale ?? language,
  because: reasonIn(plan.because, language),
});

/** Words a plan in its own language, else in its tenant's; French where that cannot be read. */
export async function planAsRead(plan: Plan<PlanReason>, ofTenant: () => Promise<Language>): Promise<Plan> {
  if (plan.locale !== undefined) return planIn(plan, languageOf(plan.locale));
  // The work is done: a sentence in French is better than the same work again.
  return planIn(plan, await ofTenant().catch((): Language => 'fr'));
}

function ruleInWords(
  { ruleId, at }: Pick<ReasonInWords, 'ruleId' | 'at'>,
  language: Language,
  now: DateTime,
): string | undefined {
  if (ruleId === undefined) return undefined;
  const moment = at === undefined ? now : DateTime.fromISO(at, { zone: now.zone });
  const rule = ruleNamed(ruleId, localDate(moment));
  if (rule === undefined) return undefined;
  const title = rule.title[language];
  return wordsIn(language).message.rule({ ruleId, title, source: rule.source });
}
