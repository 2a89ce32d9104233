import type { Purpose } from '../../law/index.ts';

const PURPOSES: readonly Purpose[] = [
  'marketing',
  'appointment',
  'renewal',
  'payment',
  'acknowledgement',
  'confirmation',
];

/** Returns the purpose of a row; an unknown word counts as advertising, the strictest. */
export const purposeNamed = (word: string): Purpose =>
  PURPOSES.find((purpose) => purpose === word) ?? 'marketing';
