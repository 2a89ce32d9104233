import { callNotice } from './call-notice.ts';
import { completeProof } from './complete-proof.ts';
import { importProof } from './import-proof.ts';
import { marketingConsent } from './marketing-consent.ts';
import { minor } from './minor.ts';
import { oneBoxPerPurpose } from './one-box-per-purpose.ts';
import { reminderBasis } from './reminder-basis.ts';
import type { Rule } from '../rule.ts';

/** Who said yes, and how it is proven. */
export const consentRules: readonly Rule[] = [
  marketingConsent,
  reminderBasis,
  completeProof,
  oneBoxPerPurpose,
  minor,
  importProof,
  callNotice,
];
