import type { Call, Capabilities } from '../sending/index.ts';

/** "STOP au 36180" at the end of a text, with what parts it from the words before. */
const MENTION = /(?<![\s.,;:–-])[\s.,;:–-]*\sSTOP(?:SMS)?\b[^\n.!?]{0,12}?\b3\d{4}\s*(?:\.\s*)?$/i;

/** The text without the mention that its operator writes itself: nobody reads it twice. */
export const withoutMention = (text: string): string => text.replace(MENTION, '');

/** The text with the short code of its operator in the place of ours. */
export const withStopCode = (text: string, code: string): string =>
  text.replace(MENTION, (mention) => mention.replace(/3\d{4}/, code));

/** How long a call may be tried, within what its operator takes; undefined where it closes never. */
export function validity({ validForMs }: Call, { validity: bounds }: Capabilities): number | undefined {
  if (validForMs === undefined || bounds === null) return undefined;
  return Math.max(bounds.shortestMs, Math.min(validForMs, bounds.longestMs));
}
