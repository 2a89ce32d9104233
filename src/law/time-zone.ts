import { IANAZone } from 'luxon';

/** Zones that were looked up; bounded, since anybody may ask for any name. */
const lookedUp = new Map<string, boolean>();
const MOST_NAMES = 1_000;

/** Whether the clocks of this zone are known here. */
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

/** Bounded by itself: few zones are ours. */
const readings = new Map<string, string>();

/** What the clocks of a zone show against UTC, twice a month. */
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

/** The first of every zone whose clocks differ: the three islands behind +590 share theirs. */
export function distinctClocks([first, ...others]: readonly [string, ...string[]]): [string, ...string[]] {
  const kept: [string, ...string[]] = [first];
  for (const name of others) if (kept.every((one) => readingOf(one) !== readingOf(name))) kept.push(name);
  return kept;
}
