import { bilingual, type Language, type Words } from '../../words/index.ts';
import { handlers, type Clock, type Transaction } from '../../platform/index.ts';

/** The reasons of exclusion from an audience. */
const EXCLUSION_REASONS = [
  'NO_BASIS',
  'CONSENT_WITHDRAWN',
  'CONSENT_EXPIRED',
  'CONSENT_PENDING',
  'SUPPRESSED',
  'BASIS_NOT_ALLOWED',
  'MINOR',
  'NUMBER_INVALID',
  'NUMBER_NOT_MOBILE',
  'NUMBER_RETIRED',
  'PLACE_UNKNOWN',
  'FREQUENCY_CAP',
  'DUPLICATE',
  'TEXT_CANNOT_RENDER',
  'TOO_MANY_PARTS',
  'CONTENT_REFUSED',
  'ERASED',
  'CANCELLED',
  'SIMULATED',
  'SHADOW',
  'ON_EXCLUSION_LIST',
] as const;

/** A code of `EXCLUSION_REASONS`; the API shows it. */
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/** Says whether a code is a reason of exclusion. */
export const isExclusionReason = (code: string): code is ExclusionReason =>
  EXCLUSION_REASONS.some((reason) => reason === code);

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

/** Called in the transaction that changed people's eligibility. */
type EligibilityHandler = (
  tx: Transaction,
  deps: { readonly clock: Clock },
  contactIds: readonly string[],
) => Promise<void>;

/** Called one after the other. */
export const eligibilityHandlers = handlers<EligibilityHandler>('eligibilityHandlers');

/** Reports that the consents or the numbers of people changed. */
export async function eligibilityChanged(...change: Parameters<EligibilityHandler>): Promise<void> {
  for (const handle of eligibilityHandlers.all) await handle(...change);
}
