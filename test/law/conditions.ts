import { DateTime } from 'luxon';
import { profileNamed } from '../../src/law/profile.ts';
import type { Conditions } from '../../src/law/decide/decision.ts';
import { localityOf, type Territory } from '../../src/rule/territory.ts';

/** A wall time at the recipient's, in the usual zone of a territory. */
export function at(territory: Territory, clocks: string): DateTime {
  return DateTime.fromISO(clocks, { zone: localityOf(territory).timeZone });
}

/** A moment as its wall time, `YYYY-MM-DDTHH:mm`. */
export function wall(moment: DateTime | undefined): string | undefined {
  return moment?.toFormat("yyyy-MM-dd'T'HH:mm");
}

/** The conditions of a territory under a profile of that name. */
export function under(id: string, territory: Territory, marginMs = 0): Conditions {
  const profile = profileNamed(id);
  if (!profile) throw new Error(`No profile is called ${id}.`);
  return { profile, locality: localityOf(territory), marginMs };
}
