import { DateTime } from 'luxon';
import { type ExplainedDay, openedDays, windows } from '../../law/index.ts';
import { localityNamed, isoText } from '../../rule/index.ts';
import type { PendingPlace } from '../run/run.repository.ts';
import { endsBefore } from '../draft/refusals.ts';
import type { Campaign } from '../campaign.repository.ts';
import {
  decisionAt,
  departureOf,
  mayLeave,
  campaignStartOf,
  forecast,
  type LocalDeparture,
  type RehearsalReader,
} from './departure.ts';
import type { Stale } from '../draft/launch-conditions.ts';
import type { Weights } from './weighing.ts';
import { type CostLine, purposeNamed } from '../../sending/index.ts';
import type { Money } from '../../sms/index.ts';
import { clockOf } from '../../people/index.ts';

type Counts = Readonly<Record<string, number>>;

/** The people of one locality, and the moment for them. */
export interface PlaceRehearsed {
  readonly territory: string;
  readonly timeZone: string;
  readonly people: number;
  readonly firstDeparture: string | null;
  readonly lastDeparture: string | null;
  readonly finishesInWindow: boolean;
  /** The reason why it is not now. */
  readonly because: { readonly code: string; readonly ruleId: string | null; readonly text: string } | null;
  /** The lawful hours of `horizon` there, and the days without any. */
  readonly windows: readonly { readonly opensAt: string; readonly closesAt: string }[];
  readonly closed: readonly ExplainedDay[];
  /** Open days that the default of the purpose closes, with the reason. */
  readonly opened: readonly ExplainedDay[];
}

/** The expected result of launching a campaign at that moment: counts, and the ids of two people; nothing is sent. */
export interface RehearsalReport {
  readonly rehearsedAt: string;
  readonly audience: number;
  readonly leavesNow: number;
  readonly held: number;
  /** Count of people whose lawful hour comes after the campaign's end. */
  readonly neverLeaves: number;
  /** The first lawful moment, where the campaign ends before it: nobody would be written to. */
  readonly endsBefore: string | null;
  readonly excluded: Counts;
  readonly parts: number;
  readonly partsPerMessage: Counts;
  readonly encoding: Counts;
  readonly costlyCharacters: Weights['costlyCharacters'];
  /** The total in one currency; null where part of it has no price, or prices are of several currencies. */
  readonly cost: Money | null;
  /** By the carrying account. */
  readonly costs: readonly {
    readonly gateway: string;
    readonly parts: number;
    readonly cost: Money | null;
  }[];
  /**
   * By that account and the territory of the numbers, by which operators charge; where every number and text costs
   * the same, of the numbers that people of a territory have there.
   */
  readonly costLines: readonly CostLine[];
  /** Null without a budget. */
  readonly withinBudget: boolean | null;
  readonly firstDeparture: string | null;
  readonly lastDeparture: string | null;
  /** True when everybody is served before the first window of their place closes. */
  readonly finishesInWindow: boolean;
  readonly ratePerSecond: number | null;
  /** The rate at which the first windows would suffice. */
  readonly rateForWindow: number | null;
  readonly byTerritory: readonly PlaceRehearsed[];
  /** From its start to its last departure, a week at most. */
  readonly horizon: Horizon;
  /** The cheapest and the most expensive text. */
  readonly cheapest: Weights['cheapest'];
  readonly dearest: Weights['dearest'];
  readonly conflicts: readonly Conflict[];
  /** Days in the text that pass before part of the audience is written to. */
  readonly stale: readonly Stale[];
}

/** A rule that makes people wait. */
export interface Conflict {
  readonly ruleId: string;
  readonly title: string;
  readonly people: number;
  readonly territories: readonly string[];
}

/** The counts made before the law and the rate are asked. */
export interface RehearsalCounts {
  readonly audience: number;
  /** By the snapshot of the audience. */
  readonly excluded: Counts;
  readonly weights: Weights;
  readonly places: readonly {
    readonly territory: string;
    readonly timeZone: string;
    readonly count: number;
  }[];
  readonly cost: RehearsalReport['cost'];
  readonly costs: RehearsalReport['costs'];
  readonly costLines: RehearsalReport['costLines'];
  readonly withinBudget: boolean | null;
  readonly stale: readonly Stale[];
}

/** Builds the report: the departures of each place, whether the rate suffices, and the conflicts. */
export function reportOf(
  campaign: Campaign,
  counted: RehearsalCounts,
  { ratePerSecond, ...reader }: RehearsalReader & { readonly ratePerSecond: number | undefined },
): RehearsalReport {
  const departures = counted.places.map((place) => departureOf(campaign, place, reader));
  const byDay = daysOf(campaign, counted.places).map((part) => departureOf(campaign, part, reader));
  const total = people(departures);
  const byTerritory = departures.map((departure) => {
    const rate = ratePerSecond === undefined ? undefined : (ratePerSecond * departure.count) / total;
    return placeOf(campaign, departure, { ...reader, ratePerSecond: rate });
  });
  const { firstDepartureAt, lastDepartureAt } = forecast(campaign, departures, { ...reader, ratePerSecond });
  const { weights, audience, cost, costs, costLines, withinBudget, stale } = counted;
  const horizon = horizonOf(campaign, lastDepartureAt, reader.now);
  return {
    rehearsedAt: reader.now.toISO(),
    audience,
    leavesNow: people(byDay.filter(({ decision }) => decision?.verdict === 'allow')),
    held: people(byDay.filter(({ decision }) => decision?.verdict === 'hold')),
    neverLeaves: people(byDay.filter(({ decision }) => !mayLeave(decision))),
    endsBefore: endsBefore(campaign, counted.places, reader)?.toISO() ?? null,
    excluded: added(counted.excluded, weights.excluded),
    parts: weights.parts,
    partsPerMessage: weights.partsPerMessage,
    encoding: weights.encoding,
    costlyCharacters: weights.costlyCharacters,
    cost,
    costs,
    costLines,
    withinBudget,
    firstDeparture: firstDepartureAt,
    lastDeparture: lastDepartureAt,
    finishesInWindow: byTerritory.every((place) => place.finishesInWindow),
    ratePerSecond: ratePerSecond ?? null,
    rateForWindow: rateForWindow(
      departures.map((departure) => windowOf(campaign, departure, reader)),
      total,
    ),
    byTerritory: byTerritory.map((place) =>
      Object.assign(place, hoursOf(campaign, place, { ...reader, horizon })),
    ),
    horizon,
    cheapest: weights.cheapest,
    dearest: weights.dearest,
    conflicts: conflictsOf(departures),
    stale,
  };
}

/** Returns the part of each place on each day of a spread, cut as a freeze cuts them. */
const daysOf = ({ spreadDays }: Campaign, places: RehearsalCounts['places']): readonly PendingPlace[] =>
  spreadDays === null
    ? places
    : places.flatMap((place) => {
        const days = Math.min(spreadDays, place.count);
        const upTo = (day: number): number => Math.floor((day * place.count) / days);
        return Array.from({ length: days }, (_, day) =>
          Object.assign({}, place, { day, count: upTo(day + 1) - upTo(day) }),
        );
      });

const people = (places: readonly { readonly count: number }[]): number =>
  places.reduce((sum, { count }) => sum + count, 0);

function placeOf(
  campaign: Campaign,
  departure: LocalDeparture,
  reader: RehearsalReader & { readonly ratePerSecond: number | undefined },
): Omit<PlaceRehearsed, keyof Hours> {
  const { territory, count, decision } = departure;
  const { firstDepartureAt, lastDepartureAt } = forecast(campaign, [departure], reader);
  const because = decision?.verdict === 'allow' ? undefined : decision?.because;
  return {
    territory,
    timeZone: clockOf(departure),
    people: count,
    firstDeparture: firstDepartureAt,
    lastDeparture: lastDepartureAt,
    finishesInWindow:
      lastDepartureAt !== null && isWithin(windowOf(campaign, departure, reader), lastDepartureAt),
    because:
      because === undefined
        ? null
        : { code: because.code, ruleId: because.ruleId ?? null, text: because.text },
  };
}

/** The first window of a place; without a close it stays open. */
interface FirstWindow {
  readonly opens: DateTime;
  readonly closes: DateTime | undefined;
}

function windowOf(
  campaign: Campaign,
  departure: LocalDeparture,
  reader: RehearsalReader,
): FirstWindow | undefined {
  const { decision } = departure;
  if (!mayLeave(decision)) return undefined;
  const open =
    decision.verdict === 'allow' ? decision : decisionAt(campaign, departure, { ...reader, at: decision.at });
  return { opens: decision.at, closes: open?.until };
}

const isWithin = (window: FirstWindow | undefined, iso: string): boolean =>
  window !== undefined && (window.closes === undefined || DateTime.fromISO(iso) <= window.closes);

/** Places share the rate by size, so the shortest window demands the most. */
function rateForWindow(firsts: readonly (FirstWindow | undefined)[], total: number): number | null {
  const seconds = firsts.flatMap((window) =>
    window?.closes === undefined ? [] : [window.closes.diff(window.opens).as('seconds')],
  );
  const shortest = Math.min(...seconds);
  return seconds.length === 0 || shortest <= 0 ? null : Math.ceil(total / shortest);
}

function conflictsOf(departures: readonly LocalDeparture[]): readonly Conflict[] {
  const held = departures.filter(({ decision }) => decision?.verdict !== 'allow');
  const barring = held.flatMap((departure) =>
    (departure.decision?.rules ?? [])
      .filter(({ effect }) => effect !== 'allows')
      .map((rule) => ({ rule, departure })),
  );
  return [...Map.groupBy(barring, ({ rule }) => rule.id)].map(([ruleId, found]) => ({
    ruleId,
    title: found[0]?.rule.title ?? ruleId,
    people: people(found.map(({ departure }) => departure)),
    territories: [...new Set(found.map(({ departure }) => departure.territory))],
  }));
}

function added(one: Counts, other: Counts): Counts {
  const total = { ...one };
  for (const [name, count] of Object.entries(other)) total[name] = (total[name] ?? 0) + count;
  return total;
}

interface Horizon {
  readonly from: string;
  readonly to: string;
}

interface Hours {
  readonly windows: readonly { readonly opensAt: string; readonly closesAt: string }[];
  readonly closed: readonly ExplainedDay[];
  /** Open days that the default of the purpose closes, with the reason. */
  readonly opened: readonly ExplainedDay[];
}

/** Beyond a week, the dates of departure are listed instead. */
const MOST_DAYS = 7;

/** From the campaign's start to its last departure, a week at most; the day of its start when no end is known. */
function horizonOf(
  campaign: Pick<Campaign, 'startAt'>,
  lastDepartureAt: string | null,
  now: DateTime<true>,
): Horizon {
  const from = campaignStartOf(campaign, now);
  const last = lastDepartureAt === null ? from : DateTime.fromISO(lastDepartureAt);
  const to = DateTime.min(DateTime.max(from, last), from.plus({ days: MOST_DAYS - 1 }));
  return { from: isoText(from.toUTC()), to: isoText(to.toUTC()) };
}

/** Returns the windows of one locality on each local day of the horizon; none where the place is unknown. */
function hoursOf(
  {
    purpose,
    profile,
    marginMs,
    goodFriday,
  }: Pick<Campaign, 'purpose' | 'profile' | 'marginMs' | 'goodFriday'>,
  { territory, timeZone }: { readonly territory: string; readonly timeZone: string },
  { language, horizon }: Pick<RehearsalReader, 'language'> & { readonly horizon: Horizon },
): Hours {
  const locality = localityNamed(territory, timeZone, goodFriday);
  if (locality === undefined) return { windows: [], closed: [], opened: [] };
  const [from, to] = [DateTime.fromISO(horizon.from), DateTime.fromISO(horizon.to)];
  const question = { profile, locality, from, to, marginMs: marginMs ?? undefined, language };
  const found = windows(question);
  return {
    windows: found.windows.map(({ opensAt, closesAt }) => ({
      opensAt: isoText(opensAt),
      closesAt: isoText(closesAt),
    })),
    closed: found.closed,
    opened: openedDays({ ...question, purpose: purposeNamed(purpose) }),
  };
}
