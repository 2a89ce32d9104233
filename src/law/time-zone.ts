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
