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

/** One reason of exclusion. */
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/** Says whether a code is a reason of exclusion. */
export const isExclusionReason = (code: string): code is ExclusionReason =>
  EXCLUSION_REASONS.some((reason) => reason === code);
