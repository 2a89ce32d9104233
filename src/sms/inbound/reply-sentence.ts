import type { ReplyBecause, ReplyKind } from './inbound-word.ts';
import { bilingual, wordsIn, type Language, type Words } from '../../words/index.ts';

/** The reading of a reply, as a sentence. */
const REPLY_SENTENCES: Readonly<Record<ReplyKind, Words>> = bilingual.reply.heard;

/** The reason of a reading; `%s` is the word or phrase of our lists. */
const WHY: Readonly<Record<ReplyBecause['code'], Words>> = bilingual.reply.why;

/** Words the reason of a reading, without repeating the person's words. */
export function replySentence(
  { kind, because }: { readonly kind: ReplyKind; readonly because: ReplyBecause },
  language: Language,
): string {
  const why = WHY[because.code][language].replace('%s', () => because.matched ?? '');
  const colon = wordsIn(language).punctuation.colon;
  return `${REPLY_SENTENCES[kind][language]}${colon}${why} (${because.ruleId}).`;
}
