import type { ExclusionReason } from './exclusion.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

/** Each reason of exclusion, and its remedy, in words. */
const EXCLUSIONS: Readonly<Record<ExclusionReason, { readonly why: Words; readonly cure: Words }>> =
  bilingual.exclusion;

/** Words a reason of exclusion; an unknown code is shown as it is. */
export function exclusionWords(
  reason: string,
  language: Language,
): { readonly why: string; readonly cure: string } {
  const words = reason in EXCLUSIONS ? EXCLUSIONS[reason as ExclusionReason] : undefined; // guarded by `in`
  return { why: words?.why[language] ?? reason, cure: words?.cure[language] ?? '' };
}
