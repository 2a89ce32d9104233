import { IANAZone } from 'luxon';

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
