import type { Words } from './law/rule.ts';
import type { BareFault } from './words/french/faults.ts';

/** Every refusal a caller can act on: its HTTP status and its sentence. */
export const refusals = {
  // The request itself.
  INVALID_REQUEST: { status: 400, title: 'The request is not what this address expects.' },
  UNAUTHENTICATED: { status: 401, title: 'A valid key is needed: Authorization: Bearer <key>.' },
  SIGN_IN_REFUSED: {
    status: 401,
    title: 'The directory does not vouch for this, or no longer: sign in again.',
  },
  NOT_A_MEMBER: { status: 403, title: 'The directory knows you, and gives you no role here.' },
  EMAIL_NOT_VERIFIED: {
    status: 403,
    title: 'The directory says who you are by an e-mail address that it has not verified: verify it there.',
  },
  DIRECTORY_UNAVAILABLE: { status: 503, title: 'The directory does not answer: sign in with a key.' },
  ROLE_NOT_ALLOWED: { status: 403, title: 'The role of this key may not do this.' },
  SIGNATURE_WRONG: { status: 401, title: 'The signature of this call does not hold.' },
  NOT_FOUND: { status: 404, title: 'There is nothing at this address.' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This address does not know that method.' },
  REQUEST_TOO_SLOW: { status: 408, title: 'The request did not arrive in time.' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is larger than this address accepts.' },
  MEDIA_TYPE_NOT_SUPPORTED: { status: 415, title: 'This address does not read that content type.' },
  HEADERS_TOO_LARGE: { status: 431, title: 'The headers are larger than any request needs.' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'This Idempotency-Key was used with another body.' },
  IDEMPOTENCY_KEY_IN_USE: { status: 409, title: 'The first request with this Idempotency-Key still runs.' },
  REASON_NEEDED: { status: 403, title: 'Say why in X-Reason: this read is recorded.' },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests: try again a little later.' },

  // The instance.
  SEALED: { status: 503, title: 'The instance is sealed after a restore: an admin opens it.' },
  DATABASE_UNAVAILABLE: { status: 503, title: 'The database does not answer: nothing was changed.' },
  TEMPORAL_UNAVAILABLE: { status: 503, title: 'Temporal does not answer: nothing was changed.' },
  INBOX_FULL: {
    status: 503,
    title: 'Too much of what this operator told waits to be read: see npm run unread.',
  },
  JOURNAL_UNAVAILABLE: { status: 503, title: 'The opt-out journal cannot be written: send this again.' },
  JOURNAL_DAMAGED: {
    status: 409,
    title:
      'Opt-outs may be lost: restore these files of the journal, or write them off by POST /v1/journal/opening.',
  },
  JOURNAL_READABLE: {
    status: 409,
    title: 'These opt-outs can be read and are tried again by themselves: nothing is written off before.',
  },
  NOT_READY: { status: 503, title: 'The instance is not ready yet.' },
  INTERNAL: { status: 500, title: 'Something failed on our side: it was recorded under this id.' },
  CLOCK_NOT_MOVABLE: { status: 409, title: 'The clock moves only when every gateway is a fake.' },
  CLOCK_BUSY: { status: 409, title: 'A message is being submitted: move the clock again in a moment.' },
  SANDBOX_LOCAL_ONLY: { status: 403, title: 'The sandbox answers on this machine only.' },

  // Things that a body names; a foreign one is answered like an unknown one.
  CONTACT_NOT_FOUND: { status: 422, title: 'No such contact.' },
  PERSON_NOT_FOUND: { status: 422, title: 'No booking of this number names that person.' },
  WORDING_NOT_FOUND: { status: 422, title: 'No such wording.' },
  CAMPAIGN_NOT_FOUND: { status: 422, title: 'No such campaign.' },
  IMPORT_NOT_FOUND: { status: 422, title: 'No such import.' },
  BRAND_NOT_FOUND: { status: 422, title: 'No such brand.' },
  PRACTICE_NOT_FOUND: {
    status: 422,
    title: 'No such practice: make it with PUT /v1/practices/{externalId}.',
  },
  GATEWAY_NOT_FOUND: { status: 422, title: 'No such gateway.' },
  PROFILE_NOT_FOUND: { status: 422, title: 'No such profile of rules.' },

  // Numbers, places and dates.
  NUMBER_INVALID: { status: 422, title: 'This is not a phone number.' },
  NUMBER_NOT_MOBILE: { status: 422, title: 'This number cannot receive an SMS.' },
  NUMBER_ALREADY_HELD: { status: 409, title: 'Another contact holds this number.' },
  NUMBER_RETIRED: { status: 409, title: 'This number no longer belongs to that contact.' },
  PHONE_AMBIGUOUS: { status: 422, title: 'Two numbers stand where one is expected.' },
  PHONE_DAMAGED_BY_EXCEL: { status: 422, title: 'A spreadsheet rounded this number: export it as text.' },
  PLACE_UNKNOWN: { status: 422, title: 'The place of this person is not known, so no hour is lawful.' },
  TIME_ZONE_UNKNOWN: { status: 422, title: 'This is not an IANA time zone.' },
  TIME_ZONE_CONTRADICTS: { status: 422, title: 'The offset and the time zone do not agree.' },
  DATE_INVALID: { status: 422, title: 'This date does not exist.' },
  DATE_AMBIGUOUS: { status: 422, title: 'Day and month cannot be told apart in this date.' },

  IDENTITY_NOT_CHECKED: {
    status: 422,
    title: 'Check who asks before you erase; until then record a withdrawal: nothing more is sent.',
  },

  RIGHTS_ALREADY_ANSWERED: { status: 409, title: 'This request was answered before.' },
  RIGHTS_NOT_DONE: {
    status: 409,
    title: 'This person asks to be erased, and is not: POST /v1/contacts/{id}/erasure first.',
  },

  // Consents and their proofs.
  CONSENT_PROOF_INCOMPLETE: {
    status: 422,
    title: 'The proof of this consent lacks fields its method asks for.',
  },
  CONSENT_NOT_PROVEN: { status: 422, title: 'No consent is proved for this person and purpose.' },
  BASIS_NOT_PROVEN: { status: 422, title: 'The legal basis lacks fields that would prove it.' },
  BASIS_NOT_ALLOWED: { status: 422, title: 'This legal basis is not open for this purpose.' },
  STATEMENT_MISSING: {
    status: 422,
    title:
      'Advertising to customers who were not asked needs a signed statement that affirms each condition.',
  },
  PROOF_NOT_NEW: { status: 409, title: 'A person who said stop comes back only with a new proof.' },
  WORDING_NOT_IN_USE: { status: 422, title: 'This wording was not in use at that moment.' },
  WORDING_WEAK: {
    status: 422,
    title: 'This wording lacks something, and the tenant refuses such wordings: see its findings.',
  },
  WORDING_OF_ANOTHER_PURPOSE: { status: 422, title: 'This wording does not ask for the purpose of its box.' },
  FORM_CLOSED: { status: 409, title: 'This form is closed: publish another.' },
  BOX_NOT_ON_FORM: { status: 422, title: 'This form shows no box for that purpose.' },
  MINOR: { status: 422, title: 'No marketing to a minor.' },
  ERASED: { status: 409, title: 'This person was erased.' },

  // Bookings.
  BOOKING_OF_SOMEBODY_ELSE: {
    status: 409,
    title: 'This booking belongs to another person: ?replaceContact=true if that is meant.',
  },
  BOOKING_CANCELLED: {
    status: 409,
    title:
      'This booking is cancelled: ?reopen=true, or a higher sourceRevision, if it is meant to come back.',
  },
  REVISION_SUPERSEDED: { status: 409, title: 'A later revision of this booking is already known.' },
  SERIES_CANNOT_MOVE: { status: 409, title: 'A series in this state cannot do that.' },
  DATES_CONTRADICT: { status: 422, title: 'These dates contradict each other.' },
  INSTALMENTS_UNSORTED: { status: 422, title: 'Instalments come in order, each number once.' },
  NOTHING_AHEAD: { status: 422, title: 'Nothing in this plan lies in the future.' },

  // Texts and senders.
  CONTENT_REFUSED: { status: 422, title: 'This text may not be sent.' },
  TOO_MANY_PARTS: { status: 422, title: 'This text is longer than the number of parts allowed.' },
  TEXT_CANNOT_RENDER: { status: 422, title: 'This text names a variable that has no value.' },
  OPT_OUT_IMPOSSIBLE: {
    status: 422,
    title: 'The way out in this text would not work from this sender, account and territory.',
  },
  ANSWERS_IMPOSSIBLE: {
    status: 422,
    title: 'This text asks for an answer, and the account that it would leave by receives none.',
  },
  STALE_WHEN_HELD: {
    status: 409,
    title: 'Part of the audience would read a day that has passed: set expireAt, or acknowledge it.',
  },
  SENDER_NOT_YOURS: { status: 403, title: 'This sender is not on the list of senders you may use.' },
  SENDER_INVALID: { status: 422, title: 'A sender is 3 to 11 letters and digits, or a number.' },

  // Imports.
  IMPORT_TOO_LARGE: { status: 413, title: 'The file is larger than one import takes: send it in parts.' },
  IMPORT_NOT_CSV: { status: 422, title: 'This is no CSV file: save the list as CSV, and send that.' },
  IMPORT_LINE_TOO_LONG: {
    status: 422,
    title: 'A line of this file has no end: a quote was left open, or it is no CSV file.',
  },
  IMPORT_UNREADABLE: {
    status: 422,
    title: 'This gzip is damaged or incomplete: pack the file again, or send it as it is.',
  },

  // What operators read.
  PAYLOAD_UNREADABLE: {
    status: 422,
    title: 'A payload was altered, or sealed under a key that this instance does not hold.',
  },

  // Campaigns and accounts.
  RECONFIRMATION_UNANSWERABLE: {
    status: 422,
    title: 'Whoever still agrees could not say so: ask for OUI where replies arrive, or give a form.',
  },
  AUDIENCE_NOT_SUPPORTED: { status: 422, title: 'This kind of audience is not served.' },
  IMPORT_ENDED: { status: 409, title: 'This import has ended: there is nothing left to cancel.' },
  SUPPRESSIONS_NOT_READ: {
    status: 409,
    title:
      'This list of people who left is not read: send it again, and cancel this import once that one is read. ?unread=accept if they may be written to.',
  },
  IMPORT_NOT_FINISHED: {
    status: 409,
    title: 'An import that this audience names, or leaves out, is not read to its end.',
  },
  CAMPAIGN_CANNOT_MOVE: { status: 409, title: 'A campaign in this state cannot do that.' },
  EXPIRE_AT_PASSED: { status: 409, title: 'The end of this campaign has passed: give it a later expireAt.' },
  ACCOUNT_TRIAL_UNDER_WAY: {
    status: 409,
    title: 'A trial of this account is under way: wait until it has ended.',
  },
  ACCOUNT_TRIAL_LIMIT: {
    status: 409,
    title: 'This account was tried too often in 24 hours: wait until tomorrow.',
  },
  ACCOUNT_TRIAL_ASKS_NOTHING: {
    status: 409,
    title: 'This trial does not ask that, or no longer.',
  },
  ACCOUNT_TRIAL_WITHOUT_SENDER: {
    status: 409,
    title: 'The company has no sender yet: PATCH /v1/tenant { "sender": "…" } first.',
  },
  TRIAL_LIMIT: {
    status: 429,
    title: 'Too many people to try it on: name fewer, wait until tomorrow, or launch it.',
  },
  APPROVAL_BY_YOURSELF: {
    status: 409,
    title: 'A campaign is approved by somebody other than who launches it.',
  },
  APPROVAL_OWN: { status: 409, title: 'Whoever wrote a campaign does not approve it: somebody else does.' },
  APPROVAL_NEEDED: { status: 409, title: 'This campaign needs an approval before it is launched.' },
  IDENTITY_MISSING: { status: 422, title: 'A real account needs to know who you are: complete the tenant.' },
  STOP_PATH_UNPROVEN: {
    status: 409,
    title: 'No STOP has come back through this account yet: prove its way out first.',
  },
  SHADOW_CAMPAIGNS_OPEN: {
    status: 409,
    title: 'Campaigns launched in shadow are still open: finish or cancel them before messages leave.',
  },
  PROCESSOR_UNKNOWN: {
    status: 409,
    title: 'This account does not say who processes its messages, and where: name its processor.',
  },
  TRANSFER_BASIS_MISSING: {
    status: 409,
    title:
      'The processor of this account is outside the European Economic Area: record the basis of the transfer.',
  },
  REPLY_ALREADY_DECIDED: { status: 409, title: 'This reply waits for nobody’s decision.' },
  REPLY_NOT_DECIDED: { status: 409, title: 'Nobody decided this reply: there is nothing to take back.' },
  MESSAGE_NOT_UNCERTAIN: { status: 409, title: 'Only a message whose fate is unknown can be resolved.' },
  TOO_MANY_WEBHOOKS: { status: 409, title: 'Twenty webhooks are enough: remove one first.' },
  WEBHOOK_ADDRESS_REFUSED: { status: 422, title: 'A webhook goes to https and to a public address.' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

/** The code of a refusal, part of the contract with callers. */
export type RefusalCode = keyof typeof refusals;

/** One about a field or a format of the API: a page of the console says it otherwise. */
export interface ForPrograms extends Words {
  readonly isForPrograms: true;
}

/** A sentence in the language of whoever asks; a text alone is one for programs, with its French in the catalogue. */
export type Said = Words | ForPrograms | BareFault;

/** What this refusal adds to its title; never personal data. */
export interface RefusalDetails {
  readonly detail?: Said;
  /** One entry per wrong field, located by a JSON pointer. */
  readonly errors?: readonly {
    readonly in?: 'body' | 'query';
    readonly pointer: string;
    readonly message: Said;
  }[];
  readonly retryAfterSeconds?: number;
  readonly [more: string]: unknown;
}

/** An outcome that the caller can act on, named in the catalogue. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    const { detail = refusals[code].title } = details;
    super(typeof detail === 'string' ? detail : detail.en);
    this.code = code;
    this.details = details;
  }

  /** The HTTP status that answers this refusal. */
  get status(): number {
    return refusals[this.code].status;
  }

  /** What the code means, in English; the same in French: `refusalTitle`. */
  get title(): string {
    return refusals[this.code].title;
  }
}

/** A start that a person must repair; its message is one sentence. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}
