import type { OnPages } from '../french/refusals.ts';

/** What a refusal means to people who read a page, where `src/errors.ts` says it to programs. */
export const onPages: OnPages = {
  INVALID_REQUEST: 'Something is missing, or is not what is expected.',
  ROLE_NOT_ALLOWED: 'The role of this key does not allow it: ask whoever holds an admin key.',
  REASON_NEEDED: 'Say why: this reading is recorded in the audit.',
  BODY_TOO_LARGE: 'This is longer than this page accepts.',
  JOURNAL_UNAVAILABLE: 'The opt-out journal cannot be written: try again.',
  JOURNAL_DAMAGED: 'Opt-outs may be lost: tell the person who runs this instance.',
  PRACTICE_NOT_FOUND: 'There is no such practice: create it under "Practices".',
  PHONE_DAMAGED_BY_EXCEL: 'A spreadsheet rounded this number: write it in full.',
  TIME_ZONE_UNKNOWN: 'This time zone is not known: write it as Europe/Paris.',
  TIME_ZONE_CONTRADICTS: 'That time zone is not of that territory.',
  RIGHTS_NOT_DONE: 'This person asks to be erased, and is not yet: erase them first.',
  WORDING_WEAK: 'This wording lacks something, and your company refuses weak wordings.',
  BOOKING_OF_SOMEBODY_ELSE: 'This booking belongs to another person.',
  BOOKING_CANCELLED: 'This booking is cancelled.',
  TEXT_CANNOT_RENDER: 'This text holds a field that has no value.',
  STALE_WHEN_HELD:
    'Some recipients would read a day that has passed: give the sending an end, or say that it is meant.',
  IMPORT_TOO_LARGE: 'This file, unpacked if it is packed, is larger than one import takes: send it in parts.',
  SUPPRESSIONS_NOT_READ:
    'This list of people who left is not read: send the file again, and cancel this import once that one is read.',
  IMPORT_NOT_FINISHED: 'A file that this audience names, or leaves out, is not read yet.',
  EXPIRE_AT_PASSED: 'The end of this campaign has passed: give it a later one.',
  ACCOUNT_TRIAL_WITHOUT_SENDER: 'Your company has no sender yet: give it one in the settings.',
  IDENTITY_MISSING: 'A real account needs to know who you are: complete the Company page.',
};
