import type { OnPages, Titles, Reasons } from '../french/refusals.ts';

/** The meaning of each refusal code, for a program and its author. */
export const englishTitles: Titles = {
  // The request itself.
  INVALID_REQUEST: 'The request is not what this address expects.',
  UNAUTHENTICATED: 'A valid key is needed: Authorization: Bearer <key>.',
  SIGN_IN_REFUSED: 'The directory does not vouch for this, or no longer: sign in again.',
  NOT_A_MEMBER: 'The directory knows you, and gives you no role here.',
  EMAIL_NOT_VERIFIED:
    'The directory says who you are by an e-mail address that it has not verified: verify it there.',
  DIRECTORY_UNAVAILABLE: 'The directory does not answer: sign in with a key.',
  ROLE_NOT_ALLOWED: 'The role of this key may not do this.',
  SIGNATURE_WRONG: 'The signature of this call does not hold.',
  NOT_FOUND: 'There is nothing at this address.',
  METHOD_NOT_ALLOWED: 'This address does not know that method.',
  REQUEST_TOO_SLOW: 'The request did not arrive in time.',
  BODY_TOO_LARGE: 'The body is larger than this address accepts.',
  MEDIA_TYPE_NOT_SUPPORTED: 'This address does not read that content type.',
  HEADERS_TOO_LARGE: 'The headers are larger than any request needs.',
  IDEMPOTENCY_KEY_REUSED: 'This Idempotency-Key was used with another body.',
  IDEMPOTENCY_KEY_IN_USE: 'The first request with this Idempotency-Key still runs.',
  REASON_NEEDED: 'Say why in X-Reason: this read is recorded.',
  TOO_MANY_REQUESTS: 'Too many requests: try again a little later.',

  // The instance.
  SEALED: 'The instance is sealed after a restore: an admin opens it.',
  DATABASE_UNAVAILABLE: 'The database does not answer: nothing was changed.',
  TEMPORAL_UNAVAILABLE: 'Temporal does not answer: nothing was changed.',
  INBOX_FULL: 'Too much of what this operator told waits to be read: see npm run unread.',
  JOURNAL_UNAVAILABLE: 'The opt-out journal cannot be written: send this again.',
  JOURNAL_DAMAGED:
    'Opt-outs may be lost: restore these files of the journal, or write them off by POST /v1/journal/opening.',
  JOURNAL_READABLE:
    'These opt-outs can be read and are tried again by themselves: nothing is written off before.',
  NOT_READY: 'The instance is not ready yet.',
  INTERNAL: 'Something failed on our side: it was recorded under this id.',
  CLOCK_NOT_MOVABLE: 'The clock moves only when every gateway is a fake.',
  CLOCK_BUSY: 'A message is being submitted: move the clock again in a moment.',
  SANDBOX_LOCAL_ONLY: 'The sandbox answers on this machine only.',

  // Things that a body names; a foreign one is answered like an unknown one.
  CONTACT_NOT_FOUND: 'No such contact.',
  PERSON_NOT_FOUND: 'No booking of this number names that person.',
  WORDING_NOT_FOUND: 'No such wording.',
  CAMPAIGN_NOT_FOUND: 'No such campaign.',
  IMPORT_NOT_FOUND: 'No such import.',
  BRAND_NOT_FOUND: 'No such brand.',
  PRACTICE_NOT_FOUND: 'No such practice: make it with PUT /v1/practices/{externalId}.',
  GATEWAY_NOT_FOUND: 'No such gateway.',
  PROFILE_NOT_FOUND: 'No such profile of rules.',

  // Numbers, places and dates.
  NUMBER_INVALID: 'This is not a phone number.',
  NUMBER_NOT_MOBILE: 'This number cannot receive an SMS.',
  NUMBER_ALREADY_HELD: 'Another contact holds this number.',
  NUMBER_RETIRED: 'This number no longer belongs to that contact.',
  PHONE_AMBIGUOUS: 'Two numbers stand where one is expected.',
  PHONE_DAMAGED_BY_EXCEL: 'A spreadsheet rounded this number: export it as text.',
  PLACE_UNKNOWN: 'The place of this person is not known, so no hour is lawful.',
  TIME_ZONE_UNKNOWN: 'This is not an IANA time zone.',
  TIME_ZONE_CONTRADICTS: 'The offset and the time zone do not agree.',
  DATE_INVALID: 'This date does not exist.',
  DATE_AMBIGUOUS: 'Day and month cannot be told apart in this date.',

  IDENTITY_NOT_CHECKED:
    'Check who asks before you erase; until then record a withdrawal: nothing more is sent.',

  RIGHTS_ALREADY_ANSWERED: 'This request was answered before.',
  RIGHTS_NOT_DONE: 'This person asks to be erased, and is not: POST /v1/contacts/{id}/erasure first.',

  // Consents and their proofs.
  CONSENT_PROOF_INCOMPLETE: 'The proof of this consent lacks fields its method asks for.',
  CONSENT_NOT_PROVEN: 'No consent is proved for this person and purpose.',
  BASIS_NOT_PROVEN: 'The legal basis lacks fields that would prove it.',
  BASIS_NOT_ALLOWED: 'This legal basis is not open for this purpose.',
  STATEMENT_MISSING:
    'Advertising to customers who were not asked needs a signed statement that affirms each condition.',
  PROOF_NOT_NEW: 'A person who said stop comes back only with a new proof.',
  WORDING_NOT_IN_USE: 'This wording was not in use at that moment.',
  WORDING_WEAK: 'This wording lacks something, and the tenant refuses such wordings: see its findings.',
  WORDING_OF_ANOTHER_PURPOSE: 'This wording does not ask for the purpose of its box.',
  FORM_CLOSED: 'This form is closed: publish another.',
  BOX_NOT_ON_FORM: 'This form shows no box for that purpose.',
  MINOR: 'No marketing to a minor.',
  ERASED: 'This person was erased.',

  // Bookings.
  BOOKING_OF_SOMEBODY_ELSE: 'This booking belongs to another person: ?replaceContact=true if that is meant.',
  BOOKING_CANCELLED:
    'This booking is cancelled: ?reopen=true, or a higher sourceRevision, if it is meant to come back.',
  REVISION_SUPERSEDED: 'A later revision of this booking is already known.',
  SERIES_CANNOT_MOVE: 'A series in this state cannot do that.',
  DATES_CONTRADICT: 'These dates contradict each other.',
  INSTALMENTS_UNSORTED: 'Instalments come in order, each number once.',
  NOTHING_AHEAD: 'Nothing in this plan lies in the future.',

  // Texts and senders.
  CONTENT_REFUSED: 'This text may not be sent.',
  TOO_MANY_PARTS: 'This text is longer than the number of parts allowed.',
  TEXT_CANNOT_RENDER: 'This text names a variable that has no value.',
  OPT_OUT_IMPOSSIBLE: 'The way out in this text would not work from this sender, account and territory.',
  ANSWERS_IMPOSSIBLE: 'This text asks for an answer, and the account that it would leave by receives none.',
  STALE_WHEN_HELD: 'Part of the audience would read a day that has passed: set expireAt, or acknowledge it.',
  SENDER_NOT_YOURS: 'This sender is not on the list of senders you may use.',
  SENDER_INVALID: 'A sender is 3 to 11 letters and digits, or a number.',

  // Imports.
  IMPORT_TOO_LARGE: 'The file is larger than one import takes: send it in parts.',
  IMPORT_NOT_CSV: 'This is no CSV file: save the list as CSV, and send that.',
  IMPORT_LINE_TOO_LONG: 'A line of this file has no end: a quote was left open, or it is no CSV file.',
  IMPORT_UNREADABLE: 'This gzip is damaged or incomplete: pack the file again, or send it as it is.',

  // Payloads of operators and of Temporal.
  PAYLOAD_UNREADABLE: 'A payload was altered, or sealed under a key that this instance does not hold.',

  // Campaigns and accounts.
  RECONFIRMATION_UNANSWERABLE:
    'Whoever still agrees could not say so: ask for OUI where replies arrive, or give a form.',
  AUDIENCE_NOT_SUPPORTED: 'This kind of audience is not served.',
  IMPORT_ENDED: 'This import has ended: there is nothing left to cancel.',
  SUPPRESSIONS_NOT_READ:
    'This list of people who left is not read: send it again, and cancel this import once that one is read. ?unread=accept if they may be written to.',
  IMPORT_NOT_FINISHED: 'An import that this audience names, or leaves out, is not read to its end.',
  CAMPAIGN_CANNOT_MOVE: 'A campaign in this state cannot do that.',
  EXPIRE_AT_PASSED: 'The end of this campaign has passed: give it a later expireAt.',
  ACCOUNT_TRIAL_UNDER_WAY: 'A trial of this account is under way: wait until it has ended.',
  ACCOUNT_TRIAL_LIMIT: 'This account was tried too often in 24 hours: wait until tomorrow.',
  ACCOUNT_TRIAL_ASKS_NOTHING: 'This trial does not ask that, or no longer.',
  ACCOUNT_TRIAL_WITHOUT_SENDER: 'The company has no sender yet: PATCH /v1/tenant { "sender": "…" } first.',
  TRIAL_LIMIT: 'Too many people to try it on: name fewer, wait until tomorrow, or launch it.',
  APPROVAL_BY_YOURSELF: 'A campaign is approved by somebody other than who launches it.',
  APPROVAL_OWN: 'Whoever wrote a campaign does not approve it: somebody else does.',
  APPROVAL_NEEDED: 'This campaign needs an approval before it is launched.',
  IDENTITY_MISSING: 'A real account needs to know who you are: complete the tenant.',
  STOP_PATH_UNPROVEN: 'No STOP has come back through this account yet: prove its way out first.',
  SHADOW_CAMPAIGNS_OPEN:
    'Campaigns launched in shadow are still open: finish or cancel them before messages leave.',
  PROCESSOR_UNKNOWN: 'This account does not say who processes its messages, and where: name its processor.',
  TRANSFER_BASIS_MISSING:
    'The processor of this account is outside the European Economic Area: record the basis of the transfer.',
  REPLY_ALREADY_DECIDED: 'This reply waits for nobody’s decision.',
  REPLY_NOT_DECIDED: 'Nobody decided this reply: there is nothing to take back.',
  MESSAGE_NOT_UNCERTAIN: 'Only a message whose fate is unknown can be resolved.',
  TOO_MANY_WEBHOOKS: 'Twenty webhooks are enough: remove one first.',
  WEBHOOK_ADDRESS_REFUSED: 'A webhook goes to https and to a public address.',
};

/** The meaning of a refusal for readers of a page; `src/platform/errors.ts` words it for programs. */
export const englishOnPages: OnPages = {
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

/** The planners' sentences in English; `{…}` are facts that they give. */
export const englishReasons: Reasons = {
  nothingToSend: 'Nothing to send.',
  allLeft: 'Everything has left or was excluded.',
  accountMissing: 'The account {account} is not set up where messages leave from.',
  uncertainFirst: 'Some messages must be cleared up first.',
  uncertainLeft: '{count} uncertain messages wait for a receipt or for a person.',
  uncertainAsked: '{count} uncertain messages: the operator is being asked.',
  halted: 'Halted by hand: {reason}',
  paused: 'Paused.',
  parked: 'Parked: see the campaign.',
  cancelled: 'Cancelled: the counts are being closed.',
  askedToWait: 'The operator asked us to wait.',
  operatorFails: 'The operator no longer answers well: one message at a time is tried.',
  budgetReserved: 'Another batch has reserved what is left of the budget.',
  accountRefused:
    'The operator refuses the account or its settings, and the route has no other account that fits.',
  creditGone: 'No credit is left at the operator, and the route has no other account that fits.',
  budgetReached: 'The budget of the campaign is reached.',
  placeUnknown: 'The place is unknown, so no hour is lawful.',
  open: 'Sending hours are open.',
  closing: 'Sending hours are about to close.',
  gateClosed: 'The gate closed while messages were leaving.',
  elsewhere: 'Those who remain live where sending hours are closed now.',
  unreadable: 'The data of a person cannot be read: check the keys.',
  batchGone: 'This batch no longer exists.',
  seriesGone: 'This series no longer exists.',
  answersSent: 'All answers have left.',
  trialsWait: 'Trials wait for their turn.',
  trialFailed: 'The trial failed ({fault}); it is tried again in a minute.',
  reading: 'The file is being read.',
  readingPace: '{rows} rows read, {pace} a second, about {seconds} s left.',
  fileRead: 'The file is read.',
  fileOver: 'The import has ended.',
  fileUnreadable: 'The file cannot be read.',
  rowStops: 'Row {line} stops the reading.',
  operatorCode: 'The operator’s code: {code}.',
  erased: 'The person is erased.',
  erasureWaits: 'An answer is still with the operator: its outcome is awaited.',
};
