import { DateTime } from 'luxon';
import { ageOn, MIN_AGE_CONSENT, MIN_AGE_MARKETING } from '../law/chapters/consent.ts';

/** The 18th birthday, `YYYY-MM-DD`; that of 29 February falls on 1 March. */
export function adultOn(birthDate: string): string {
  const born = DateTime.fromISO(birthDate, { zone: 'utc' });
  const birthday = { year: born.year + MIN_AGE_MARKETING, month: born.month, day: born.day };
  const adult = DateTime.fromObject(birthday, { zone: 'utc' });
  return adult.isValid ? adult.toFormat('yyyy-MM-dd') : `${birthday.year}-03-01`;
}

/** The 18th birthday of somebody who is a minor on this local date, else nothing. */
export function adultLater(birthDate: string | undefined, today: string): string | undefined {
  if (birthDate === undefined) return undefined;
  const adult = adultOn(birthDate);
  return adult > today ? adult : undefined;
}

/** Whether an agreement on this local date needed a guardian beside it. */
export function neededGuardian(birthDate: string | undefined, on: string): boolean {
  return birthDate !== undefined && ageOn(birthDate, on) < MIN_AGE_CONSENT;
}
