import type { Translation } from '../translation.ts';
import type { punctuation as french } from '../french/punctuation.ts';

/** Signs that each language spaces in its own way. */
export const punctuation: Translation<typeof french> = {
  or: ', or ',
  colon: ': ',
  semicolon: '; ',
  beforeColon: '',
  colonEnd: ':',
  quoted: ({ heading }) => `“${heading}”`,
};
