import { type Finding, finding } from './finding.ts';
import type { OptOutMeans } from './stop-mention.ts';
import { bilingual, type Language } from '../../words/index.ts';

/** What `{answers}` becomes: GSM-7 alone, 38 and 40 septets. */
export const ANSWERS_ASKED: Readonly<Record<Language, string>> = bilingual.sms.answersAsked;

const ASKING = /\{answers(?:\|[^{}]*)?\}/;

/** Whether a text asks those who read it whether they come. */
export const asksForAnswer = (text: string): boolean => ASKING.test(text);

/** Whether what people answer reaches us; unknown means promise nothing. */
export const hearsAnswers = (means: OptOutMeans | undefined): boolean => means?.hearsAnswers === true;

/** A question whose answers nobody would hear. */
export function answerFindings(
  text: string,
  { means, readBy }: { readonly means: OptOutMeans; readonly readBy: Language },
): readonly Finding[] {
  if (!asksForAnswer(text) || hearsAnswers(means)) return [];
  return [finding('ANSWERS_IMPOSSIBLE', readBy, { at: text.search(ASKING), words: '{answers}' })];
}
