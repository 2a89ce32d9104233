import { neededGuardianOn, ofAgeFrom } from '../../law/chapters/consent.ts';

/** The local date from which advertising may reach somebody who is a minor on this one, else nothing. */
export function adultLater(birthDate: string | undefined, today: string): string | undefined {
  if (birthDate === undefined) return undefined;
  const adult = ofAgeFrom(birthDate);
  return adult > today ? adult : undefined;
}

/** Whether an agreement on this local date needed a guardian beside it. */
export function neededGuardian(birthDate: string | undefined, on: string): boolean {
  return birthDate !== undefined && neededGuardianOn(birthDate, on);
}
