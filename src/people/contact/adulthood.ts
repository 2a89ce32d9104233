import { neededGuardianOn, ofAgeFrom } from '../../law/chapters/consent.ts';

/** Returns the local date from which advertising may reach a person who is a minor on this one; else undefined. */
export function adultLater(birthDate: string | undefined, today: string): string | undefined {
  if (birthDate === undefined) return undefined;
  const adult = ofAgeFrom(birthDate);
  return adult > today ? adult : undefined;
}

/** Says whether an agreement on this local date also needed a guardian's. */
export function neededGuardian(birthDate: string | undefined, on: string): boolean {
  return birthDate !== undefined && neededGuardianOn(birthDate, on);
}
