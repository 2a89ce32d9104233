import { type Finding, findingOf } from './finding.ts';
import type { OptOutMeans } from './stop-mention.ts';
import { bilingual, type Language } from '../../words/index.ts';

/** The replacement of `{answers}`: GSM-7 alone, 38 and 40 septets. */
export const ANSWERS_ASKED: Readonly<Record<Language, string>> = bilingual.sms.answersAsked;

const ASKING = /\{answers(?:\|[^{}]*)?\}/;

/** Says whether a text asks its readers whether they come. */
export const asksForAnswer = (text: string): boolean => ASKING.test(text);

/** Says whether people's answers reach us; unknown means count as no. */
export const canReceiveAnswers = (means: OptOutMeans | undefined): boolean =>
  means?.canReceiveAnswers === true;

/** Warns of a question whose answers nobody would receive. */
export function answerFindings(
  text: string,
  { means, readBy }: { readonly means: OptOutMeans; readonly readBy: Language },
): readonly Finding[] {
  if (!asksForAnswer(text) || canReceiveAnswers(means)) return [];
  return [findingOf('ANSWERS_IMPOSSIBLE', readBy, { at: text.search(ASKING), words: '{answers}' })];
}
