import { DateTime } from 'luxon';
import type { Clock, Database, ReasonInWords } from '../../platform/index.ts';
import {
  localityNamed,
  territoriesOf,
  zonesAt,
  type Locality,
  dayIn,
  frenchDay,
  isoText,
} from '../../rule/index.ts';
import {
  decide,
  type Decision,
  DECISION_LIVES_MS,
  LAST_SECOND_MS,
  usualMargin,
  profileNamed,
  wallTime,
} from '../../law/index.ts';
import type { BatchRun, CampaignPace } from './batch-run.repository.ts';
import { keepDecision } from './parking.repository.ts';
import { bilingual, languageOf, wordsIn, type Language } from '../../words/index.ts';

/** A verdict is renewed after this share of the time for which a mark may rely on it. */
const FRESH_SHARE = 5 / 6;

/** The law's decision for one locality, and the time of the question. */
export interface Verdict {
  readonly decisionId: string;
  readonly decision: Leave;
  readonly decidedAt: number;
  readonly clockRevision: number;
  /** The moments until which messages may be marked and delivered, computed once for all groups under the verdict. */
  readonly ends: ReturnType<typeof endsOf>;
}

const endsOf = ({ at, until }: Leave) => {
  const closes = (until ?? at).toUTC();
  return {
    /** ISO instant; nothing is marked in the last second. */
    markBefore: isoText(closes.minus(LAST_SECOND_MS.on(frenchDay(until ?? at)))),
    /** The end as an ISO instant for operators. */
    validUntil: isoText(closes),
    /** Epoch milliseconds of the law clock; undefined without a close. */
    closesAt: until?.toMillis(),
  };
};

/** Asks the law once per locality and caches the answer. */
export class Verdicts {
  readonly #deps: ConstructorParameters<typeof Verdicts>[0];
  readonly #run: BatchRun;
  readonly #expireAt: string | null;
  readonly #known = new Map<string, Verdict>();

  constructor(
    deps: { readonly database: Database; readonly clock: Clock; readonly newId: () => string },
    run: BatchRun,
    expireAt: string | null,
  ) {
    this.#deps = deps;
    this.#run = run;
    this.#expireAt = expireAt;
  }

  /** Returns the verdict in force for a locality, stored; undefined when the place is unknown. */
  async on(territory: string, timeZone: string): Promise<Verdict | undefined> {
    const known = this.#known.get(`${territory} ${timeZone}`);
    if (known !== undefined && this.#isFresh(known)) return known;
    const place = localityNamed(territory, timeZone, this.#run.goodFriday);
    const asked = ask(this.#run, {
      territory,
      timeZone,
      now: this.#deps.clock.now(),
      expireAt: this.#expireAt,
    });
    if (place === undefined || asked === undefined) return undefined;
    const verdict = await this.#keep(asked, place);
    this.#known.set(`${territory} ${timeZone}`, verdict);
    return verdict;
  }

  #isFresh(verdict: Verdict): boolean {
    return (
      this.#deps.clock.monotonic() - verdict.decidedAt <
        FRESH_SHARE * DECISION_LIVES_MS.on(frenchDay(this.#deps.clock.now())) &&
      verdict.clockRevision === this.#deps.clock.revision
    );
  }

  async #keep(decision: Leave, place: Locality): Promise<Verdict> {
    const verdict = {
      decisionId: this.#deps.newId(),
      decision,
      decidedAt: this.#deps.clock.monotonic(),
      clockRevision: this.#deps.clock.revision,
      ends: endsOf(decision),
    };
    await this.#deps.database.withTenant(this.#run.tenantId, (tx) =>
      keepDecision(tx, {
        id: verdict.decisionId,
        batchId: this.#run.batchId,
        purpose: this.#run.purpose,
        decision,
        inputs: {
          expireAt: this.#expireAt,
          marginMs: marginOf(this.#run, decision),
          territories: territoriesOf(place),
          timeZones: zonesAt(place),
          ...(place.goodFriday === 'open' ? { goodFriday: place.goodFriday } : {}),
        },
        clockRevision: verdict.clockRevision,
      }),
    );
    return verdict;
  }
}

/** Asks the law, and the author's pace within it, about a batch at one instant and place. */
export function ask(
  run: BatchRun,
  about: {
    readonly territory: string;
    readonly timeZone: string;
    readonly now: DateTime;
    readonly expireAt: string | null;
  },
): Leave | undefined {
  const locality = localityNamed(about.territory, about.timeZone, run.goodFriday);
  if (locality === undefined) return undefined;
  const language = languageOf(run.locale);
  const judge = (at: DateTime): Leave =>
    decide({
      purpose: run.purpose,
      ...(run.kind === 'acknowledgements' ? {} : { profile: run.profile }),
      at,
      locality,
      marginMs: marginChosen(run),
      language,
      ...(run.order.kind === 'series' ? { eventAt: DateTime.fromISO(run.order.eventAt) } : {}),
      ...(about.expireAt === null ? {} : { expireAt: DateTime.fromISO(about.expireAt) }),
    });
  const pace = run.order.kind === 'campaign' ? run.order.pace : null;
  return pace ? paced(judge, paceFrom(pace, about.now), { at: about.now, language }) : judge(about.now);
}

/**
 * Returns the pace of one day of a spread. It is counted from the latest earlier day that has begun; while none has,
 * from the start of the campaign or from `now`, whichever is later.
 */
export function paceFrom({ localTime, day, since, begun }: CampaignPace, now: DateTime): Pace {
  const start = DateTime.fromISO(since);
  if (day === null || day === 0) return { localTime, daysLater: 0, from: { kind: 'start', at: start } };
  if (begun === null)
    return { localTime, daysLater: day, from: { kind: 'start', at: DateTime.max(start, now) } };
  return { localTime, daysLater: day - begun.day, from: { kind: 'begun', at: DateTime.fromISO(begun.at) } };
}

/** Returns the author's margin before the close; undefined without one, where the law has its own. */
const marginChosen = ({ order }: BatchRun): number | undefined =>
  order.kind === 'campaign' ? (order.marginMs ?? undefined) : undefined;

function marginOf(run: BatchRun, { profile, at, timeZone }: Leave): number {
  const decided = profileNamed(profile);
  return marginChosen(run) ?? (decided === undefined ? 0 : usualMargin(decided, dayIn(at, timeZone)));
}

/** The decision on when somebody may be written to, by the law and by the author. */
export type Leave = Omit<Decision, 'because'> & { readonly because?: ReasonInWords | undefined };

/** An author's limits within the lawful hours. */
export interface Pace {
  /** `HH:MM` in the recipient's zone, before which nobody is written to on any day. */
  readonly localTime: string | null;
  /**
   * `start`: the first departure is the first such hour from `at` on. `begun`: somebody of the same spread was
   * written to at `at` already.
   */
  readonly from: { readonly kind: 'start' | 'begun'; readonly at: DateTime };
  /** Days with an open window before these people. */
  readonly daysLater: number;
}

type Judge = (at: DateTime) => Leave;

/** Bounds the search for an open hour: no calendar closes so many days in a row. */
const MOST_TURNS = 30;

/** Judges a moment by the law and by the author's pace: never sooner than the law allows, never before the pace's own day. */
export function paced(
  judge: Judge,
  pace: Pace,
  { at, language }: { at: DateTime; language: Language },
): Leave {
  const byLaw = judge(at);
  if (byLaw.verdict === 'refuse' || byLaw.verdict === 'expire') return byLaw;
  const start = startOf(judge, pace, at.setZone(byLaw.timeZone));
  const first = settled(judge, pace, { at: start > at ? start : at, timeZone: byLaw.timeZone });
  if (first.leave.verdict !== 'allow') return first.leave;
  if (first.at <= at) return untilMidnight(first.leave, pace);
  if (byLaw.verdict === 'hold' && byLaw.at.toMillis() === first.at.toMillis()) return byLaw;
  return {
    ...first.leave,
    verdict: 'hold',
    at: first.at,
    until: first.at,
    because: because(pace, first.at, language),
  };
}

/** Returns the moment from which the pace allows these people, in the zone of `now`. */
function startOf(judge: Judge, pace: Pace, now: DateTime): DateTime {
  const timeZone = now.zoneName ?? 'UTC';
  const { kind, at: from } = pace.from;
  const begun = from.setZone(timeZone);
  // Days that a pause or an outage left out are never made up for at once: the first of them is today.
  const isNextDay = kind === 'begun' && pace.daysLater > 0 && now.startOf('day') > begun.startOf('day');
  let at: DateTime = isNextDay ? now : begun;
  if (kind === 'start') at = firstHour(at, pace);
  for (let day = isNextDay ? 1 : 0; day < pace.daysLater; day += 1)
    at = settled(judge, pace, { at, timeZone }).at.plus({ days: 1 }).startOf('day');
  return at;
}

/** Returns the first moment from `at` on that law and hour allow; its verdict is not `allow` where there is none. */
function settled(
  judge: Judge,
  pace: Pace,
  { at: wanted, timeZone }: { readonly at: DateTime; readonly timeZone: string },
): { readonly at: DateTime; readonly leave: Leave } {
  let at: DateTime = notBeforeHour(wanted.setZone(timeZone), pace);
  let leave = judge(at);
  for (let turn = 0; turn < MOST_TURNS && leave.verdict === 'hold'; turn += 1) {
    at = notBeforeHour(leave.at.setZone(timeZone), pace);
    leave = judge(at);
  }
  return { at, leave };
}

const notBeforeHour = (at: DateTime, { localTime }: Pace): DateTime => {
  const opens = localTime === null ? at : wallTime(at, localTime);
  return at < opens ? opens : at;
};

/** Returns the pace's hour on the day of `at`, or on the next day where it has passed. */
function firstHour(at: DateTime, { localTime }: Pace): DateTime {
  if (localTime === null) return at;
  const opens = wallTime(at, localTime);
  return at <= opens ? opens : wallTime(at.plus({ days: 1 }), localTime);
}

/** Ends an allowance at midnight, because the pace's hour holds again on the next day. */
function untilMidnight(leave: Leave, { localTime }: Pace): Leave {
  if (localTime === null) return leave;
  const midnight = leave.at.setZone(leave.timeZone).plus({ days: 1 }).startOf('day');
  const until = leave.until === undefined || midnight < leave.until ? midnight : leave.until;
  return { ...leave, until };
}

const WORDS = bilingual.message.pace;

function because({ daysLater }: Pace, at: DateTime, language: Language): ReasonInWords {
  const code = daysLater > 0 ? 'SPREAD' : 'LOCAL_TIME';
  const iso = at.toISO();
  return {
    code,
    ...(iso === null ? {} : { at: iso }),
    text: `${WORDS[code][language]}${wordsIn(language).punctuation.beforeColon}: ${at.toFormat('dd/MM HH:mm')}.`,
  };
}
