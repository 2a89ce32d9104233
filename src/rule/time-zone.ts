import { IANAZone } from 'luxon';

/** Names already checked; bounded, since anybody may ask for any name. */
const validity = new Map<string, boolean>();
const MOST_NAMES = 1_000;

/** Says whether the runtime knows this time zone. */
export function isTimeZone(name: string): boolean {
  const known = validity.get(name);
  if (known !== undefined) return known;
  if (validity.size >= MOST_NAMES) validity.clear();
  const valid = IANAZone.isValidZone(name);
  validity.set(name, valid);
  return valid;
}

/**
 * The years in which zones are compared: those of the holiday calendar and some more; nothing is sent outside them.
 */
const COMPARED = { first: 2005, last: 2062 } as const;

const offsetTexts = new Map<string, string>();

/** Returns the offsets of a zone from UTC, on two days of each month. */
function offsetsOf(name: string): string {
  const known = offsetTexts.get(name);
  if (known !== undefined) return known;
  const zone = IANAZone.create(name);
  const months = (COMPARED.last - COMPARED.first) * 12;
  const offsets = Array.from({ length: months * 2 }, (_, half) =>
    zone.offset(Date.UTC(COMPARED.first, Math.floor(half / 2), half % 2 === 0 ? 1 : 15)),
  ).join(' ');
  offsetTexts.set(name, offsets);
  return offsets;
}

/** Keeps the first of the zones whose offsets are always equal, as of the three islands behind +590. */
export function distinctClocks([first, ...others]: readonly [string, ...string[]]): [string, ...string[]] {
  const kept: [string, ...string[]] = [first];
  for (const name of others) if (kept.every((other) => offsetsOf(other) !== offsetsOf(name))) kept.push(name);
  return kept;
}

const QUARTER_MS = 900_000;
const MOST_QUARTERS = 50_000;

/** A zone that caches its offsets, since each call of `Intl` takes some ten microseconds. */
class KnownZone extends IANAZone {
  /** Offsets by quarter of an hour: no zone of ours has changed its offset within one since 1970. */
  readonly #offsets = new Map<number, number>();

  override offset(ms: number): number {
    // Before 1970, clocks changed at any second.
    if (!(ms >= 0)) return super.offset(ms);
    const quarter = Math.floor(ms / QUARTER_MS);
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    if (this.#offsets.size >= MOST_QUARTERS) this.#offsets.clear();
    const offset = super.offset(ms);
    this.#offsets.set(quarter, offset);
    return offset;
  }
}

const zones = new Map<string, KnownZone>();
const MOST_ZONES = 100;

/** Returns the cached zone of this name. */
export function knownZone(name: string): IANAZone {
  const known = zones.get(name);
  if (known) return known;
  if (zones.size >= MOST_ZONES) zones.clear();
  const zone = new KnownZone(name);
  zones.set(name, zone);
  return zone;
}
