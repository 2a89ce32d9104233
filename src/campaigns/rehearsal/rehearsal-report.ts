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
import type { Stale } from '../draft/refusals.ts';
import { type Composed, type CostLine, purposeNamed } from '../../sending/index.ts';
import { type Money, offendersIn } from '../../sms/index.ts';
import { clockOf } from '../../person/index.ts';

type Counts = Readonly<Record<string, number>>;

/** The expected result of launching a campaign at that moment: counts, and the ids of two people; nothing is sent. */
export type RehearsalReport = ReturnType<typeof reportOf>;

/** The counts made before the law and the rate are asked. */
export interface RehearsalCounts {
  readonly audience: number;
  /** By the snapshot of the audience. */
  readonly excluded: Counts;
  readonly weights: ReturnType<Weighing['weights']>;
  readonly places: readonly FrozenPlace[];
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
  readonly stale: readonly Stale[];
}

/** Builds the report: the departures of each place, whether the rate suffices, and the conflicts. */
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
    /** Count of people whose lawful hour comes after the campaign's end. */
    neverLeaves: peopleIn(byDay.filter(({ decision }) => !mayLeave(decision))),
    /** The first lawful moment, where the campaign ends before it: nobody would be written to. */
    endsBefore: endsBefore(campaign, places, reader)?.toISO() ?? null,
    excluded: added(excluded, weights.excluded),
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
    /** The rate at which the first windows would suffice. */
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
    /** The reason why it is not now. */
    because:
      because === undefined
        ? null
        : { code: because.code, ruleId: because.ruleId ?? null, text: because.text },
  };
}

/** Returns the first window of a place; without a close it stays open. */
function windowOf(campaign: Campaign, departure: LocalDeparture, reader: RehearsalReader) {
  const { decision } = departure;
  if (!mayLeave(decision)) return undefined;
  const open =
    decision.verdict === 'allow' ? decision : decisionAt(campaign, departure, { ...reader, at: decision.at });
  return { opens: decision.at, closes: open?.until };
}

/** Places share the rate by size, so the shortest window demands the most. */
function rateForWindow(firsts: readonly ReturnType<typeof windowOf>[], total: number): number | null {
  const seconds = firsts.flatMap((window) =>
    window?.closes === undefined ? [] : [window.closes.diff(window.opens).as('seconds')],
  );
  const shortest = Math.min(...seconds);
  return seconds.length === 0 || shortest <= 0 ? null : Math.ceil(total / shortest);
}

/** Lists the rules that make people wait. */
function conflictsOf(departures: readonly LocalDeparture[]) {
  const held = departures.filter(({ decision }) => decision?.verdict !== 'allow');
  const barring = held.flatMap((departure) =>
    (departure.decision?.rules ?? [])
      .filter(({ effect }) => effect !== 'allows')
      .map((rule) => ({ rule, departure })),
  );
  return [...Map.groupBy(barring, ({ rule }) => rule.id)].map(([ruleId, found]) => ({
    ruleId,
    title: found[0]?.rule.title ?? ruleId,
    people: peopleIn(found.map(({ departure }) => departure)),
    territories: [...new Set(found.map(({ departure }) => departure.territory))],
  }));
}

function added(one: Counts, other: Counts): Counts {
  const total = { ...one };
  for (const [name, count] of Object.entries(other)) total[name] = (total[name] ?? 0) + count;
  return total;
}

/** Beyond a week, the dates of departure are listed instead. */
const MOST_DAYS = 7;

/** From the campaign's start to its last departure, a week at most; the day of its start when no end is known. */
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
    /** Open days that the default of the purpose closes, with the reason. */
    opened: openedDays({ ...question, purpose: purposeNamed(purpose) }),
  };
}

const MOST_CHARACTERS = 20;

/** Sums final texts as the send path composes them. */
export class Weighing {
  #people = 0;
  #parts = 0;
  readonly #partsPerMessage = new Map<string, number>();
  readonly #encoding = new Map<string, number>();
  readonly #characters = new Map<string, number>();
  readonly #excluded = new Map<string, number>();
  #cheapest: Extreme | undefined;
  #dearest: Extreme | undefined;

  /** Counts one text for so many people; returns the number of recipients. */
  add(composed: Composed, about: { readonly people: number; readonly contactId: string | null }): number {
    const { people, contactId } = about;
    if (composed.kind === 'excluded') {
      more(this.#excluded, composed.because, people);
      return 0;
    }
    const { text, parts, encoding } = composed;
    this.#people += people;
    this.#parts += parts * people;
    more(this.#partsPerMessage, String(parts), people);
    more(this.#encoding, encoding, people);
    if (contactId !== null) this.#compare({ contactId, parts, length: text.length });
    if (encoding === 'UCS-2')
      for (const character of new Set(offendersIn(text).map((one) => one.character)))
        more(this.#characters, character, people);
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
      /** Characters outside GSM-7, by the number of texts that they make dearer; the most frequent twenty. */
      costlyCharacters: characters
        .slice(0, MOST_CHARACTERS)
        .map(([character, people]) => ({ character, people })),
      /** Counts of people without a text, by reason. */
      excluded: Object.fromEntries(this.#excluded),
      /** The shortest and the longest text; null while there is none. */
      cheapest: weighed(this.#cheapest),
      dearest: weighed(this.#dearest),
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

const weighed = (text: Extreme | undefined) =>
  text === undefined ? null : { contactId: text.contactId, parts: text.parts };

const more = (counts: Map<string, number>, name: string, people: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + people);
};
