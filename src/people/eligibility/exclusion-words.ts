import type { ExclusionReason } from './exclusion.ts';
import { bilingual, type Language, type Words } from '../../words/index.ts';

/** Why a person of an audience is not served, and what may be done about it. */
const EXCLUSIONS: Readonly<Record<ExclusionReason, { readonly why: Words; readonly cure: Words }>> =
  bilingual.exclusion;

/** What a reason of exclusion says; a code of somebody else’s speaks for itself. */
export function exclusionWords(
  reason: string,
  language: Language,
): { readonly why: string; readonly cure: string } {
  const words = reason in EXCLUSIONS ? EXCLUSIONS[reason as ExclusionReason] : undefined; // guarded by `in`
  return { why: words?.why[language] ?? reason, cure: words?.cure[language] ?? '' };
}
