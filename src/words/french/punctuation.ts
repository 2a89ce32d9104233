import type { Facts } from '../translation.ts';

/** Signs that each language spaces in its own way. */
export const punctuation = {
  or: ', ou ',
  colon: ' : ',
  semicolon: ' ; ',
  beforeColon: ' ',
  colonEnd: ' :',
  quoted: ({ heading }: Facts<'heading'>) => `« ${heading} »`,
} as const;
