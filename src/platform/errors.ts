import {
  inEachLanguage,
  wordsIn,
  type Language,
  type RefusalName,
  type Said,
  type Words,
} from '../words/index.ts';

/** All refusals that a caller can act on, with their HTTP status; the catalogues of `words` give their meaning. */
export const refusals = {
  // The request itself.
  INVALID_REQUEST: { status: 400 },
  UNAUTHENTICATED: { status: 401 },
  SIGN_IN_REFUSED: { status: 401 },
  NOT_A_MEMBER: { status: 403 },
  EMAIL_NOT_VERIFIED: { status: 403 },
  DIRECTORY_UNAVAILABLE: { status: 503 },
  ROLE_NOT_ALLOWED: { status: 403 },
  SIGNATURE_WRONG: { status: 401 },
  NOT_FOUND: { status: 404 },
  METHOD_NOT_ALLOWED: { status: 405 },
  REQUEST_TOO_SLOW: { status: 408 },
  BODY_TOO_LARGE: { status: 413 },
  MEDIA_TYPE_NOT_SUPPORTED: { status: 415 },
  HEADERS_TOO_LARGE: { status: 431 },
  IDEMPOTENCY_KEY_REUSED: { status: 422 },
  IDEMPOTENCY_KEY_IN_USE: { status: 409 },
  REASON_NEEDED: { status: 403 },
  TOO_MANY_REQUESTS: { status: 429 },

  // The instance.
  SEALED: { status: 503 },
  DATABASE_UNAVAILABLE: { status: 503 },
  TEMPORAL_UNAVAILABLE: { status: 503 },
  INBOX_FULL: { status: 503 },
  JOURNAL_UNAVAILABLE: { status: 503 },
  JOURNAL_DAMAGED: { status: 409 },
  JOURNAL_READABLE: { status: 409 },
  NOT_READY: { status: 503 },
  INTERNAL: { status: 500 },
  CLOCK_NOT_MOVABLE: { status: 409 },
  CLOCK_BUSY: { status: 409 },
  SANDBOX_LOCAL_ONLY: { status: 403 },

  // Things that a body names; one of another tenant is answered like an unknown one.
  CONTACT_NOT_FOUND: { status: 422 },
  PERSON_NOT_FOUND: { status: 422 },
  WORDING_NOT_FOUND: { status: 422 },
  CAMPAIGN_NOT_FOUND: { status: 422 },
  IMPORT_NOT_FOUND: { status: 422 },
  BRAND_NOT_FOUND: { status: 422 },
  PRACTICE_NOT_FOUND: { status: 422 },
  GATEWAY_NOT_FOUND: { status: 422 },
  PROFILE_NOT_FOUND: { status: 422 },

  // Numbers, places and dates.
  NUMBER_INVALID: { status: 422 },
  NUMBER_NOT_MOBILE: { status: 422 },
  NUMBER_ALREADY_HELD: { status: 409 },
  NUMBER_RETIRED: { status: 409 },
  PHONE_AMBIGUOUS: { status: 422 },
  PHONE_DAMAGED_BY_EXCEL: { status: 422 },
  PLACE_UNKNOWN: { status: 422 },
  TIME_ZONE_UNKNOWN: { status: 422 },
  TIME_ZONE_CONTRADICTS: { status: 422 },
  DATE_INVALID: { status: 422 },
  DATE_AMBIGUOUS: { status: 422 },

  IDENTITY_NOT_CHECKED: { status: 422 },

  RIGHTS_ALREADY_ANSWERED: { status: 409 },
  RIGHTS_NOT_DONE: { status: 409 },

  // Consents and their proofs.
  CONSENT_PROOF_INCOMPLETE: { status: 422 },
  CONSENT_NOT_PROVEN: { status: 422 },
  BASIS_NOT_PROVEN: { status: 422 },
  BASIS_NOT_ALLOWED: { status: 422 },
  STATEMENT_MISSING: { status: 422 },
  PROOF_NOT_NEW: { status: 409 },
  WORDING_NOT_IN_USE: { status: 422 },
  WORDING_WEAK: { status: 422 },
  WORDING_OF_ANOTHER_PURPOSE: { status: 422 },
  FORM_CLOSED: { status: 409 },
  BOX_NOT_ON_FORM: { status: 422 },
  MINOR: { status: 422 },
  ERASED: { status: 409 },

  // Bookings.
  BOOKING_OF_SOMEBODY_ELSE: { status: 409 },
  BOOKING_CANCELLED: { status: 409 },
  REVISION_SUPERSEDED: { status: 409 },
  SERIES_CANNOT_MOVE: { status: 409 },
  DATES_CONTRADICT: { status: 422 },
  INSTALMENTS_UNSORTED: { status: 422 },
  NOTHING_AHEAD: { status: 422 },

  // Texts and senders.
  CONTENT_REFUSED: { status: 422 },
  TOO_MANY_PARTS: { status: 422 },
  TEXT_CANNOT_RENDER: { status: 422 },
  OPT_OUT_IMPOSSIBLE: { status: 422 },
  ANSWERS_IMPOSSIBLE: { status: 422 },
  STALE_WHEN_HELD: { status: 409 },
  SENDER_NOT_YOURS: { status: 403 },
  SENDER_INVALID: { status: 422 },

  // Imports.
  IMPORT_TOO_LARGE: { status: 413 },
  IMPORT_NOT_CSV: { status: 422 },
  IMPORT_LINE_TOO_LONG: { status: 422 },
  IMPORT_UNREADABLE: { status: 422 },

  // Payloads of operators and of Temporal.
  PAYLOAD_UNREADABLE: { status: 422 },

  // Campaigns and accounts.
  RECONFIRMATION_UNANSWERABLE: { status: 422 },
  AUDIENCE_NOT_SUPPORTED: { status: 422 },
  IMPORT_ENDED: { status: 409 },
  SUPPRESSIONS_NOT_READ: { status: 409 },
  IMPORT_NOT_FINISHED: { status: 409 },
  CAMPAIGN_CANNOT_MOVE: { status: 409 },
  EXPIRE_AT_PASSED: { status: 409 },
  ACCOUNT_TRIAL_UNDER_WAY: { status: 409 },
  ACCOUNT_TRIAL_LIMIT: { status: 409 },
  ACCOUNT_TRIAL_ASKS_NOTHING: { status: 409 },
  ACCOUNT_TRIAL_WITHOUT_SENDER: { status: 409 },
  TRIAL_LIMIT: { status: 429 },
  APPROVAL_BY_YOURSELF: { status: 409 },
  APPROVAL_OWN: { status: 409 },
  APPROVAL_NEEDED: { status: 409 },
  IDENTITY_MISSING: { status: 422 },
  STOP_PATH_UNPROVEN: { status: 409 },
  SHADOW_CAMPAIGNS_OPEN: { status: 409 },
  PROCESSOR_UNKNOWN: { status: 409 },
  TRANSFER_BASIS_MISSING: { status: 409 },
  REPLY_ALREADY_DECIDED: { status: 409 },
  REPLY_NOT_DECIDED: { status: 409 },
  MESSAGE_NOT_UNCERTAIN: { status: 409 },
  TOO_MANY_WEBHOOKS: { status: 409 },
  WEBHOOK_ADDRESS_REFUSED: { status: 422 },
} as const satisfies Readonly<Record<RefusalName, { readonly status: number }>>;

/** The code of a refusal; part of the contract with callers. */
export type RefusalCode = keyof typeof refusals;

/** Returns the meaning of a code, as the title of an answer of the API. */
export const refusalTitle = (code: RefusalCode, language: Language): string =>
  wordsIn(language).refusals.titles[code];

/** Returns the same meaning in each language. */
export const refusalWords = (code: RefusalCode): Words =>
  inEachLanguage((language) => refusalTitle(code, language));

/** Returns the meaning of a code as a page shows it; the title where there is no other text for pages. */
export function refusalOnPage(code: RefusalCode, language: Language): string {
  const onPages: Partial<Readonly<Record<RefusalCode, string>>> = wordsIn(language).refusals.onPages;
  return onPages[code] ?? refusalTitle(code, language);
}

/** What one refusal adds to its title; never personal data. */
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

/** An error that the caller can act on, named in the catalogue. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly details: RefusalDetails;

  constructor(code: RefusalCode, details: RefusalDetails = {}) {
    const { detail = refusalTitle(code, 'en') } = details;
    super(typeof detail === 'string' ? detail : detail.en);
    this.code = code;
    this.details = details;
  }

  /** The HTTP status that answers this refusal. */
  get status(): number {
    return refusals[this.code].status;
  }

  /** The meaning of the code in English; `refusalTitle` gives it in French. */
  get title(): string {
    return refusalTitle(this.code, 'en');
  }
}

/** Refuses one field of the body, in the caller's language. */
export const refusedField = (
  pointer: string,
  message: Said,
  code: RefusalCode = 'INVALID_REQUEST',
): Refusal => new Refusal(code, { errors: [{ in: 'body', pointer, message }] });

const UNIQUE_VIOLATION = '23505';

/** Says whether PostgreSQL refused a row because of a unique constraint. */
export const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION;
