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

const QUARTER_MS = 900_000;
const MOST_QUARTERS = 50_000;

/** A zone that caches its offsets: each call of `Intl` takes some ten microseconds. */
class KnownZone extends IANAZone {
  /** By quarters of an hour: no zone here has changed within one since 1970. */
  readonly #offsets = new Map<number, number>();

  override offset(ms: number): number {
    // Before, clocks changed at any second.
    if (!(ms >= 0)) return super.offset(ms);
    const quarter = Math.floor(ms / QUARTER_MS);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    if (this.#offsets.size >= MOST_QUARTERS) this.#offsets.clear();
    const asked = super.offset(ms);
    this.#offsets.set(quarter, asked);
    return asked;
  }
}

const zones = new Map<string, KnownZone>();
const MOST_ZONES = 100;

/** Returns the cached zone of this name. */
export function knownZone(name: string): IANAZone {
  const known = zones.get(name);
  if (known) return known;
  if (zones.size >= MOST_ZONES) zones.clear();
  const made = new KnownZone(name);
  zones.set(name, made);
  return made;
}
