import { functional } from './profile/functional.ts';
import { seedStrict } from './profile/seed-strict.ts';
import { REMINDERS, type Purpose } from './rule.ts';

const PURPOSES = new Set<string>(['marketing', ...REMINDERS, 'acknowledgement', 'confirmation']);

/** Whether a word names something that a message may be for. */
export function isPurpose(word: string): word is Purpose {
  return PURPOSES.has(word);
}

/** The profile of a purpose when nobody chose one. */
export function defaultProfile(purpose: Purpose): string {
  return isReminder(purpose) ? functional.id : seedStrict.id;
}

/** Whether a message reminds somebody of something of theirs. */
export function isReminder(purpose: Purpose): boolean {
  return purpose === 'appointment' || purpose === 'renewal' || purpose === 'payment';
}

/** Whether the person waits for it: no window holds it back. */
export function isAnswer(purpose: Purpose): boolean {
  return purpose === 'acknowledgement' || purpose === 'confirmation';
}
