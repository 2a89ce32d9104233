import type { Profile } from '../profile.ts';

/** The same hours on each day of the week. */
export const sameHours = (
  opens: string,
  closes: string,
): Pick<Profile, 'weekdays' | 'saturday' | 'sunday'> => ({
  weekdays: { opens, closes },
  saturday: { opens, closes },
  sunday: { opens, closes },
});

/** Days of rest are closed, those in doubt too. */
export const closedDays = { sundays: 'closed', holidays: 'closed', softDays: 'closed' } as const;

/** A wall time as French writes it: `08h00`. */
export const inFrench = (time: string): string => time.replace(':', 'h');
