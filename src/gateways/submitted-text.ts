import type { Call, Capabilities } from '../sending/index.ts';

/** "STOP au 36180" at the end of a text, with its separator from the words before. */
const MENTION = /(?<![\s.,;:–-])[\s.,;:–-]*\sSTOP(?:SMS)?\b[^\n.!?]{0,12}?\b3\d{4}\s*(?:\.\s*)?$/i;

/** Removes a mention that the operator writes itself: nobody reads it twice. */
export const withoutMention = (text: string): string => text.replace(MENTION, '');

/** Replaces our short code by the operator's. */
export const withStopCode = (text: string, code: string): string =>
  text.replace(MENTION, (mention) => mention.replace(/3\d{4}/, code));

/** Returns how long the operator may try a call, within its limits; undefined where there is none. */
export function validityOf({ validForMs }: Call, { validity: bounds }: Capabilities): number | undefined {
  if (validForMs === undefined || bounds === null) return undefined;
  return Math.max(bounds.shortestMs, Math.min(validForMs, bounds.longestMs));
}
