import type { ReplyBecause, ReplyKind } from './inbound-word.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

/** What was heard. */
const HEARD: Readonly<Record<ReplyKind, Words>> = bilingual.reply.heard;

/** By what it was heard; `%s` is the word or turn of our lists. */
const WHY: Readonly<Record<ReplyBecause['code'], Words>> = bilingual.reply.why;

/** Why a reply was read so, in one sentence that repeats nothing of the person's. */
export function replySentence(
  { kind, because }: { readonly kind: ReplyKind; readonly because: ReplyBecause },
  language: Language,
): string {
  const why = WHY[because.code][language].replace('%s', () => because.matched ?? '');
  const colon = wordsIn(language).punctuation.colon;
  return `${HEARD[kind][language]}${colon}${why} (${because.ruleId}).`;
}
