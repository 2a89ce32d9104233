import { DateTime } from 'luxon';
import type { Clock, Database } from '../../platform/index.ts';
import { decide, DECISION_LIVES_MS, LAST_SECOND_MS, usualMargin, profileNamed } from '../../law/index.ts';
import {
  localityNamed,
  territoriesOf,
  zonesAt,
  type Locality,
  dayIn,
  frenchDay,
  isoText,
} from '../../rule/index.ts';
import type { BatchRun, CampaignPace } from './batch-run.repository.ts';
import { keepDecision } from './parking.repository.ts';
import { paced, type Leave, type Pace } from '../pace/pace.ts';
import { languageOf } from '../../words/index.ts';

/** A verdict is renewed after this share of the time for which a mark may rely on it. */
const FRESH_SHARE = 5 / 6;

/** The law's decision for one locality, and the time of the question. */
export interface Verdict {
  readonly decisionId: string;
  readonly decision: Leave;
  readonly decidedAt: number;
  readonly clockRevision: number;
  /** Shared by all groups under the verdict. */
  readonly ends: VerdictEnds;
}

/** The ends of a verdict: for messages to be marked, and for those on their way. */
export interface VerdictEnds {
  /** ISO instant; nothing is marked in the last second. */
  readonly markBefore: string;
  /** The end as an ISO instant for operators. */
  readonly validUntil: string;
  /** Epoch milliseconds of the law clock; undefined without a close. */
  readonly closesAt: number | undefined;
}

const endsOf = ({ at, until }: Leave): VerdictEnds => {
  const closes = (until ?? at).toUTC();
  return {
    markBefore: isoText(closes.minus(LAST_SECOND_MS.on(frenchDay(until ?? at)))),
    validUntil: isoText(closes),
    closesAt: until?.toMillis(),
  };
};

/** Asks the law once per locality and caches the answer. */
export class Verdicts {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #run: BatchRun;
  readonly #expireAt: string | null;
  readonly #known = new Map<string, Verdict>();

  constructor(
    deps: { readonly database: Database; readonly clock: Clock; readonly newId: () => string },
    run: BatchRun,
    expireAt: string | null,
  ) {
    this.#database = deps.database;
    this.#clock = deps.clock;
    this.#newId = deps.newId;
    this.#run = run;
    this.#expireAt = expireAt;
  }

  /** Returns the verdict in force for a locality, stored; undefined when the place is unknown. */
  async on(territory: string, timeZone: string): Promise<Verdict | undefined> {
    const known = this.#known.get(`${territory} ${timeZone}`);
    if (known !== undefined && this.#isFresh(known)) return known;
    const place = localityNamed(territory, timeZone, this.#run.goodFriday);
    const asked = ask(this.#run, { territory, timeZone, now: this.#clock.now(), expireAt: this.#expireAt });
    if (place === undefined || asked === undefined) return undefined;
    const verdict = await this.#keep(asked, place);
    this.#known.set(`${territory} ${timeZone}`, verdict);
    return verdict;
  }

  #isFresh(verdict: Verdict): boolean {
    return (
      this.#clock.monotonic() - verdict.decidedAt <
        FRESH_SHARE * DECISION_LIVES_MS.on(frenchDay(this.#clock.now())) &&
      verdict.clockRevision === this.#clock.revision
    );
  }

  async #keep(decision: Leave, place: Locality): Promise<Verdict> {
    const verdict = {
      decisionId: this.#newId(),
      decision,
      decidedAt: this.#clock.monotonic(),
      clockRevision: this.#clock.revision,
      ends: endsOf(decision),
    };
    await this.#database.withTenant(this.#run.tenantId, (tx) =>
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

/** A day of a spread follows the one before it; while none has begun, days are counted from now on. */
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

/** Returns the margin behind a verdict. */
function marginOf(run: BatchRun, { profile, at, timeZone }: Leave): number {
  const decided = profileNamed(profile);
  return marginChosen(run) ?? (decided === undefined ? 0 : usualMargin(decided, dayIn(at, timeZone)));
}
