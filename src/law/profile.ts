import { charter2024, charter2026, advertisingHours, ultra } from './profile/advertising-hours.ts';
import { reminderProfiles } from './profile/reminder-hours.ts';
import type { Hours, Profile } from './profile/hours.ts';
import { dated, type Dated, rowOn, REMINDERS, type Purpose } from '../rule/index.ts';

/** Every profile; the first is the default for advertising. */
export const profiles: readonly Profile[] = [
  advertisingHours,
  charter2024,
  charter2026,
  ultra,
  ...reminderProfiles,
];

/** Returns the first row of a profile, if any; `profileOn` returns the row that decides on a day. */
export function profileNamed(id: string): Profile | undefined {
  return profiles.find((profile) => profile.id === id);
}

/** Returns the row of a profile in force on a local date, if any. */
export function profileOn(id: string, on: string): Profile | undefined {
  return rowOn(profiles, id, on);
}

/** Returns the hours of a profile on a weekday, Monday being 1. */
export function hoursOn(profile: Profile, weekday: number): Hours {
  if (weekday === 7) return profile.sunday;
  return weekday === 6 ? profile.saturday : profile.weekdays;
}

/** Returns a value of each row of a profile, under the dates of the rows. */
export function byRowOf<T>(profile: Profile, valueOf: (row: Profile) => T): Dated<T> {
  const later = profiles.filter(
    ({ id, inForceFrom }) => id === profile.id && inForceFrom > profile.inForceFrom,
  );
  return dated([profile, valueOf(profile)], ...later.map((row) => [row, valueOf(row)] as const));
}

/** Returns the hours of a profile from Monday to Friday, under the dates of its rows. */
export const hoursByRow = (
  profile: Profile,
): { readonly opens: Dated<string>; readonly closes: Dated<string> } => ({
  opens: byRowOf(profile, ({ weekdays }) => weekdays.opens),
  closes: byRowOf(profile, ({ weekdays }) => weekdays.closes),
});

/** The first row of each purpose's default profile. */
const defaults = new Map<string, Profile>(
  profiles
    .flatMap((profile) => (profile.defaultFor ?? []).map((purpose) => [purpose, profile] as const))
    .toReversed(),
);

/** Says whether a name is a purpose: every purpose has a default profile. */
export function isPurpose(name: string): name is Purpose {
  return defaults.has(name);
}

/** Returns the first row of the default profile of a purpose. */
export function usualProfile(purpose: Purpose): Profile {
  return defaults.get(purpose) ?? advertisingHours;
}

/** Returns the id of the default profile of a purpose. */
export function defaultProfile(purpose: Purpose): string {
  return usualProfile(purpose).id;
}

/** Says whether a message of this purpose is a reminder. */
export function isReminder(purpose: Purpose): boolean {
  return REMINDERS.some((reminder) => reminder === purpose);
}

/** Says whether the person waits for the message: then no window holds it back. */
export function isAnswer(purpose: Purpose): boolean {
  return purpose === 'acknowledgement' || purpose === 'confirmation';
}
