import { DateTime } from 'luxon';
import type { Campaign } from '../campaign.repository.ts';
import {
  decisionAt,
  mayLeave,
  campaignStartOf,
  type LocalDeparture,
  type RehearsalReader,
} from './departure.ts';

/** The expected end of sending if nothing else takes the rate. */
export interface Forecast {
  readonly firstDepartureAt: string | null;
  /** Null when no rate is known, or when part of the rest will never be sent. */
  readonly lastDepartureAt: string | null;
}

/** More windows than two years have. */
const MOST_WINDOWS = 1_500;
/** Equal parts of a whole do not sum to it to the last digit. */
const A_MOMENT_S = 0.001;

/** Spreads the rate over localities by size, window after window. */
export function forecast(
  campaign: Campaign,
  departures: readonly LocalDeparture[],
  { ratePerSecond, ...reader }: RehearsalReader & { readonly ratePerSecond: number | undefined },
): Forecast {
  const first = departures.flatMap(({ decision }) => (mayLeave(decision) ? [decision.at] : []));
  const ends = departures.map((departure) =>
    ratePerSecond === undefined
      ? undefined
      : lastOf(campaign, departure, {
          ...reader,
          ratePerSecond: (ratePerSecond * departure.count) / totalOf(departures, departure),
        }),
  );
  const known = ends.filter((end) => end !== undefined);
  return {
    firstDepartureAt: isoOf(DateTime.min(...first)),
    lastDepartureAt: known.length < ends.length ? null : isoOf(DateTime.max(...known)),
  };
}

/** Counts the people who share the rate with one place: everybody of its own day of a spread. */
const totalOf = (departures: readonly LocalDeparture[], { day }: LocalDeparture): number =>
  departures.reduce((sum, one) => sum + (one.day === day ? one.count : 0), 0);

const isoOf = (at: DateTime | undefined): string | null => at?.toISO() ?? null;

/** Returns the end of one locality; undefined when a window is missing before the campaign's end. */
function lastOf(
  campaign: Campaign,
  place: LocalDeparture,
  { ratePerSecond, ...reader }: RehearsalReader & { readonly ratePerSecond: number },
): DateTime | undefined {
  let secondsLeft = place.count / ratePerSecond;
  // Not frozen yet: each window takes its day's part.
  const most =
    place.day === undefined && campaign.spreadDays !== null ? secondsLeft / campaign.spreadDays : Infinity;
  const start = campaignStartOf(campaign, reader.now);
  // A person who is held back by more than the law is sent to when that ends.
  let at = place.waiting && mayLeave(place.decision) ? DateTime.max(start, place.decision.at) : start;
  let paced = place;
  for (let window = 0; window < MOST_WINDOWS; window += 1) {
    const decision = decisionAt(campaign, paced, { ...reader, at });
    if (!mayLeave(decision)) return undefined;
    at = decision.at;
    if (decision.verdict === 'hold') {
      paced = begunAt(place, at);
      continue;
    }
    const open = (decision.until ?? at).diff(at).as('seconds');
    const used = Math.min(open, most);
    if (secondsLeft <= used + A_MOMENT_S) return at.plus({ seconds: Math.min(secondsLeft, used) });
    secondsLeft -= used;
    at = decision.until ?? at;
  }
  return undefined;
}

/** The day of this part of a spread has come: from then on it waits for no earlier part. */
const begunAt = (place: LocalDeparture, at: DateTime): LocalDeparture => {
  const day = place.day ?? undefined;
  const iso = at.toISO();
  return day === undefined || iso === null ? place : { ...place, begun: { day, at: iso } };
};
