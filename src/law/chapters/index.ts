// Those that threads load; src/law/index.ts offers the others, which load the calendar.
export {
  ATTESTED_FOR,
  BASES,
  basesOpen,
  basesToOpen,
  type Basis,
  basisAllowed,
  isMinorOn,
  MIN_AGE_MARKETING,
  neededGuardianOn,
  ofAgeFrom,
} from './consent.ts';
export {
  GOOD_FRIDAY_CHOICES,
  type GoodFridayChoice,
  LIVES_MONTHS,
  NUMBERING_REGIONS,
  PLACE_ORDER,
  USUAL_GOOD_FRIDAY,
  wallTime,
} from './recipient.ts';
export {
  ANSWER_WITHIN,
  CONTACT_KEPT,
  LOG_KEPT,
  PROOF_KEPT,
  retentionRules,
  SUPPRESSION_KEPT,
  TEXT_KEPT,
} from './retention.ts';
