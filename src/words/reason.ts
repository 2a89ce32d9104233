import type { Words } from './language.ts';
import { englishReasons as english } from './english/reasons.ts';
import { filled, type FactsOf } from './filled.ts';
import { reasons as french } from './french/reasons.ts';

/** The name of a sentence of the planners. */
type ReasonName = keyof typeof french;

/** Returns a planners' sentence in each language. */
export const reasonWords = <Name extends ReasonName>(
  name: Name,
  ...[facts]: FactsOf<(typeof french)[Name]>
): Words => filled({ fr: french[name], en: english[name] }, facts);
