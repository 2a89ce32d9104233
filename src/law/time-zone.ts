import { IANAZone } from 'luxon';

/** Cached zones; bounded, since anybody may ask for any name. */
const lookedUp = new Map<string, boolean>();
const MOST_NAMES = 1_000;

/** Says whether the runtime knows this time zone. */
export function isTimeZone(name: string): boolean {
  const known = lookedUp.get(name);
  if (known !== undefined) return known;
  if (lookedUp.size >= MOST_NAMES) lookedUp.clear();
  const valid = IANAZone.isValidZone(name);
  lookedUp.set(name, valid);
  return valid;
}

/** The years of the calendar of holidays, and a little more: outside them the gate is closed. */
const COMPARED = { first: 2005, last: 2062 } as const;

/** Bounded: few zones are ours. */
const readings = new Map<string, string>();

/** Reads the offsets of a zone against UTC, twice a month. */
function readingOf(name: string): string {
  const known = readings.get(name);
  if (known !== undefined) return known;
  const zone = IANAZone.create(name);
  const months = (COMPARED.last - COMPARED.first) * 12;
  const read = Array.from({ length: months * 2 }, (_, half) =>
    zone.offset(Date.UTC(COMPARED.first, Math.floor(half / 2), half % 2 === 0 ? 1 : 15)),
  ).join(' ');
  readings.set(name, read);
  return read;
}

/** Keeps the first zone of each set with equal offsets: the three islands behind +590 share theirs. */
export function distinctClocks([first, ...others]: readonly [string, ...string[]]): [string, ...string[]] {
  const kept: [string, ...string[]] = [first];
  for (const name of others) if (kept.every((one) => readingOf(one) !== readingOf(name))) kept.push(name);
  return kept;
}
