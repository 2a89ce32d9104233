import { localityNamed, isoText } from '../../rule/index.ts';
import { DateTime } from 'luxon';
import { openedDays, windows } from '../../law/index.ts';
import type { PendingPlace } from '../run/run.repository.ts';
import { endsBefore } from '../draft/refusals.ts';
import type { FrozenPlace } from '../audience/freeze.repository.ts';
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
import type { StaleCount } from '../draft/refusals.ts';
import { type Composed, type CostLine, purposeNamed } from '../../sending/index.ts';
import { type Money, offendersIn } from '../../sms/index.ts';
import { clockOf } from '../../person/index.ts';

type Counts = Readonly<Record<string, number>>;

/** The expected result of launching a campaign at that moment: counts, and the ids of two people; nothing is sent. */
export type RehearsalReport = ReturnType<typeof reportOf>;

/** What is counted of the audience and the texts; departures and conflicts are computed from it. */
export interface RehearsalCounts {
  readonly audience: number;
  /** People excluded when the audience was judged, by reason. */
  readonly excluded: Counts;
  readonly weights: ReturnType<Weighing['weights']>;
  readonly places: readonly FrozenPlace[];
  /** The total; null where a part has no price, or the prices are in several currencies. */
  readonly cost: Money | null;
  /** By the carrying account. */
  readonly costs: readonly {
    readonly gateway: string;
    readonly parts: number;
    readonly cost: Money | null;
  }[];
  /**
   * By carrying account and by territory of the number, by which operators charge. Where every text costs the same,
   * one number stands for those of its locality.
   */
  readonly costLines: readonly CostLine[];
  /** Null without a budget. */
  readonly withinBudget: boolean | null;
  readonly stale: readonly StaleCount[];
}

/** Builds the report: the departures of each place, whether the rate suffices, and the rules that make people wait. */
export function reportOf(
  campaign: Campaign,
  counted: RehearsalCounts,
  { ratePerSecond, ...reader }: RehearsalReader & { readonly ratePerSecond: number | undefined },
) {
  const { weights, audience, places, excluded, stale, ...costs } = counted;
  const departures = places.map((place) => departureOf(campaign, place, reader));
  const byDay = daysOf(campaign, places).map((part) => departureOf(campaign, part, reader));
  const total = peopleIn(departures);
  const byTerritory = departures.map((departure) => {
    const rate = ratePerSecond === undefined ? undefined : (ratePerSecond * departure.count) / total;
    return placeOf(campaign, departure, { ...reader, ratePerSecond: rate });
  });
  const { firstDepartureAt, lastDepartureAt } = forecast(campaign, departures, { ...reader, ratePerSecond });
  const horizon = horizonOf(campaign, lastDepartureAt, reader.now);
  return {
    rehearsedAt: reader.now.toISO(),
    audience,
    leavesNow: peopleIn(byDay.filter(({ decision }) => decision?.verdict === 'allow')),
    held: peopleIn(byDay.filter(({ decision }) => decision?.verdict === 'hold')),
    /** The number of people whose lawful hour comes after the campaign's end. */
    neverLeaves: peopleIn(byDay.filter(({ decision }) => !mayLeave(decision))),
    /** The first lawful moment if the campaign ends before it, so that nobody would be written to; else null. */
    endsBefore: endsBefore(campaign, places, reader)?.toISO() ?? null,
    excluded: sumOf(excluded, weights.excluded),
    parts: weights.parts,
    partsPerMessage: weights.partsPerMessage,
    encoding: weights.encoding,
    costlyCharacters: weights.costlyCharacters,
    ...costs,
    firstDeparture: firstDepartureAt,
    lastDeparture: lastDepartureAt,
    /** True when everybody is served before the first window of their place closes. */
    finishesInWindow: byTerritory.every((place) => place.finishesInWindow),
    ratePerSecond: ratePerSecond ?? null,
    /** The rate at which everybody would be served within the first windows. */
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

/** Splits each place into the days of a spread, as a freeze does. */
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

const peopleIn = (places: readonly { readonly count: number }[]): number =>
  places.reduce((sum, { count }) => sum + count, 0);

function placeOf(
  campaign: Campaign,
  departure: LocalDeparture,
  reader: RehearsalReader & { readonly ratePerSecond: number | undefined },
) {
  const { territory, count, decision } = departure;
  const { firstDepartureAt, lastDepartureAt } = forecast(campaign, [departure], reader);
  const because = decision?.verdict === 'allow' ? undefined : decision?.because;
  const window = windowOf(campaign, departure, reader);
  return {
    territory,
    timeZone: clockOf(departure),
    people: count,
    firstDeparture: firstDepartureAt,
    lastDeparture: lastDepartureAt,
    finishesInWindow:
      lastDepartureAt !== null &&
      window !== undefined &&
      (window.closes === undefined || DateTime.fromISO(lastDepartureAt) <= window.closes),
    /** Why nobody there may be written to now; null if they may. */
    because:
      because === undefined
        ? null
        : { code: because.code, ruleId: because.ruleId ?? null, text: because.text },
  };
}

/** Returns the first window of a place; `closes` is undefined when it stays open. */
function windowOf(campaign: Campaign, departure: LocalDeparture, reader: RehearsalReader) {
  const { decision } = departure;
  if (!mayLeave(decision)) return undefined;
  const open =
    decision.verdict === 'allow' ? decision : decisionAt(campaign, departure, { ...reader, at: decision.at });
  return { opens: decision.at, closes: open?.until };
}

/** Returns the rate for the shortest first window, which demands the most, since places share the rate by their size. */
function rateForWindow(firsts: readonly ReturnType<typeof windowOf>[], total: number): number | null {
  const seconds = firsts.flatMap((window) =>
    window?.closes === undefined ? [] : [window.closes.diff(window.opens).as('seconds')],
  );
  const shortest = Math.min(...seconds);
  return seconds.length === 0 || shortest <= 0 ? null : Math.ceil(total / shortest);
}

/** Lists the rules that make people wait, with how many and where. */
function conflictsOf(departures: readonly LocalDeparture[]) {
  const held = departures.filter(({ decision }) => decision?.verdict !== 'allow');
  const rulesOfHeld = held.flatMap((departure) =>
    (departure.decision?.rules ?? [])
      .filter(({ effect }) => effect !== 'allows')
      .map((rule) => ({ rule, departure })),
  );
  return [...Map.groupBy(rulesOfHeld, ({ rule }) => rule.id)].map(([ruleId, found]) => ({
    ruleId,
    title: found[0]?.rule.title ?? ruleId,
    people: peopleIn(found.map(({ departure }) => departure)),
    territories: [...new Set(found.map(({ departure }) => departure.territory))],
  }));
}

function sumOf(one: Counts, other: Counts): Counts {
  const total = { ...one };
  for (const [name, count] of Object.entries(other)) total[name] = (total[name] ?? 0) + count;
  return total;
}

/** The most days whose hours are listed. */
const MOST_DAYS = 7;

/** Returns the time from the start to the last departure, a week at most; the start alone when no end is known. */
function horizonOf(campaign: Pick<Campaign, 'startAt'>, lastDepartureAt: string | null, now: DateTime<true>) {
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
  {
    language,
    horizon,
  }: Pick<RehearsalReader, 'language'> & { readonly horizon: ReturnType<typeof horizonOf> },
) {
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
    /** Days that are open here and that the default profile of the purpose closes, with the reason. */
    opened: openedDays({ ...question, purpose: purposeNamed(purpose) }),
  };
}

const MOST_CHARACTERS = 20;

/** Counts the texts of a rehearsal, as the send path composes them, with their parts and encodings. */
export class Weighing {
  #people = 0;
  #parts = 0;
  readonly #partsPerMessage = new Map<string, number>();
  readonly #encoding = new Map<string, number>();
  readonly #characters = new Map<string, number>();
  readonly #excluded = new Map<string, number>();
  #cheapest: Extreme | undefined;
  #dearest: Extreme | undefined;

  /** Counts one text for so many people; returns how many of them get it. */
  add(composed: Composed, about: { readonly people: number; readonly contactId: string | null }): number {
    const { people, contactId } = about;
    if (composed.kind === 'excluded') {
      increase(this.#excluded, composed.because, people);
      return 0;
    }
    const { text, parts, encoding } = composed;
    this.#people += people;
    this.#parts += parts * people;
    increase(this.#partsPerMessage, String(parts), people);
    increase(this.#encoding, encoding, people);
    if (contactId !== null) this.#compare({ contactId, parts, length: text.length });
    if (encoding === 'UCS-2')
      for (const character of new Set(offendersIn(text).map((one) => one.character)))
        increase(this.#characters, character, people);
    return people;
  }

  weights() {
    const characters = [...this.#characters].toSorted(([, one], [, other]) => other - one);
    return {
      people: this.#people,
      parts: this.#parts,
      /** Counts of texts by number of parts. */
      partsPerMessage: Object.fromEntries(this.#partsPerMessage),
      encoding: Object.fromEntries(this.#encoding),
      /** The twenty most frequent characters outside GSM-7, with the number of texts that they make dearer. */
      costlyCharacters: characters
        .slice(0, MOST_CHARACTERS)
        .map(([character, people]) => ({ character, people })),
      /** People who get no text, by reason. */
      excluded: Object.fromEntries(this.#excluded),
      /** The text with the fewest and the one with the most parts; null while there is none. */
      cheapest: extremeView(this.#cheapest),
      dearest: extremeView(this.#dearest),
    };
  }

  #compare(text: Extreme): void {
    if (this.#cheapest === undefined || isDearer(this.#cheapest, text)) this.#cheapest = text;
    if (this.#dearest === undefined || isDearer(text, this.#dearest)) this.#dearest = text;
  }
}

interface Extreme {
  readonly contactId: string;
  readonly parts: number;
  readonly length: number;
}

/** Compares by parts, which are paid for, then by length. */
const isDearer = (one: Extreme, other: Extreme): boolean =>
  one.parts === other.parts ? one.length > other.length : one.parts > other.parts;

const extremeView = (text: Extreme | undefined) =>
  text === undefined ? null : { contactId: text.contactId, parts: text.parts };

const increase = (counts: Map<string, number>, name: string, people: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + people);
};
