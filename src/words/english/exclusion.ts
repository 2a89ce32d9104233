import type { Translation } from '../translation.ts';
import type { exclusion as french } from '../french/exclusion.ts';

/** Why somebody may not be written to, and what helps. */
export const exclusion: Translation<typeof french> = {
  NO_BASIS: {
    why: 'No proven consent, and no other basis.',
    cure: 'Ask for consent, with a form.',
  },
  CONSENT_WITHDRAWN: {
    why: 'The person withdrew their consent.',
    cure: 'Nothing: only they can come back.',
  },
  CONSENT_EXPIRED: {
    why: 'The consent is too old.',
    cure: 'Ask for it again.',
  },
  CONSENT_PENDING: {
    why: 'The number was not confirmed.',
    cure: 'The person types the code they received.',
  },
  SUPPRESSED: {
    why: 'The number is on the suppression list.',
    cure: 'Nothing, unless they agree anew with a proof.',
  },
  BASIS_NOT_ALLOWED: {
    why: 'This basis is not open for this purpose.',
    cure: 'An admin decides on bases.',
  },
  MINOR: {
    why: 'The person is a minor.',
    cure: 'Nothing.',
  },
  NUMBER_INVALID: {
    why: 'This is not a number.',
    cure: 'Correct the number.',
  },
  NUMBER_NOT_MOBILE: {
    why: 'This number receives no SMS.',
    cure: 'Ask for a mobile number.',
  },
  NUMBER_RETIRED: {
    why: 'The number is no longer this person’s.',
    cure: 'Ask for the new number.',
  },
  PLACE_UNKNOWN: {
    why: 'Place unknown: no hour is lawful.',
    cure: 'Give the postal code.',
  },
  FREQUENCY_CAP: {
    why: 'The person has had enough messages.',
    cure: 'Wait: the cap is yours.',
  },
  DUPLICATE: {
    why: 'The same number is served already.',
    cure: 'Nothing.',
  },
  TEXT_CANNOT_RENDER: {
    why: 'What would fill the text is missing.',
    cure: 'Complete the contact, or the text.',
  },
  TOO_MANY_PARTS: {
    why: 'Their text has too many parts.',
    cure: 'Shorten the text.',
  },
  CONTENT_REFUSED: {
    why: 'The content is refused.',
    cure: 'Read the findings on the text.',
  },
  ERASED: {
    why: 'The person was erased.',
    cure: 'Nothing.',
  },
  CANCELLED: {
    why: 'The campaign was cancelled before it left.',
    cure: 'Another campaign, for those whom this one did not serve.',
  },
  SIMULATED: {
    why: 'Recorded under a moved clock.',
    cure: 'Nothing: this is no proof.',
  },
  SHADOW: {
    why: 'In shadow: nothing was meant to leave.',
    cure: 'Nothing.',
  },
  ON_EXCLUSION_LIST: {
    why: 'Left out by the campaign.',
    cure: 'Nothing: it was asked.',
  },
};
