import { functional } from './profile/functional.ts';
import { seedStrict } from './profile/seed-strict.ts';
import { REMINDERS, type Purpose } from './rule.ts';

const PURPOSES = new Set<string>(['marketing', ...REMINDERS, 'acknowledgement', 'confirmation']);

/** Says whether a word is a purpose. */
export function isPurpose(word: string): word is Purpose {
  return PURPOSES.has(word);
}

/** Returns the default profile of a purpose. */
export function defaultProfile(purpose: Purpose): string {
  return isReminder(purpose) ? functional.id : seedStrict.id;
}

/** Says whether a purpose is a reminder. */
export function isReminder(purpose: Purpose): boolean {
  return purpose === 'appointment' || purpose === 'renewal' || purpose === 'payment';
}

/** Says whether the person waits for the message: then no window holds it back. */
export function isAnswer(purpose: Purpose): boolean {
  return purpose === 'acknowledgement' || purpose === 'confirmation';
}
