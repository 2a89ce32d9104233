/** Every reason why a person of an audience is not served. */
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

/** One reason why a person of an audience is not served. */
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/** Whether a code is one of them. */
export const isExclusionReason = (code: string): code is ExclusionReason =>
  EXCLUSION_REASONS.some((reason) => reason === code);
