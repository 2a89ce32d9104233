import type { RawRequest } from './heard-call.ts';

/** The purposes under which a call may leave; an operator may treat marketing otherwise. */
export type CallPurpose =
  | 'marketing'
  | 'appointment'
  | 'renewal'
  | 'payment'
  | 'acknowledgement'
  | 'confirmation';

/** What an operator can and cannot do; policy is derived from it, never from its name. */
export interface Capabilities {
  /** Most recipients one call may carry. */
  readonly maxRecipients: number;
  readonly scheduling: boolean;
  readonly receipts: 'per-message' | 'per-ticket' | 'none';
  /** `key-24h`: a call repeated under its key within 24 h is accepted once. */
  readonly idempotency: 'key-24h' | 'none';
  readonly lookup: 'by-key' | 'by-recipient' | 'none';
  readonly signedCallbacks: boolean;
  /** The operator may hold a message on its own, by hours of its own. */
  readonly ownWindow: boolean;
  /** Longest time between an acceptance and its appearance in the look-up. */
  readonly indexingDelayMs: number;
  /** Longest wait for an answer once the request is written. */
  readonly requestTimeoutMs: number;
  /** A STOP mention turns a reminder into marketing at this operator. */
  readonly stopMentionReclassifies: boolean;
  /** The operator itself confirms a STOP to the person. */
  readonly acknowledgesStop: boolean;
  /** The person can answer the sender of a message. */
  readonly canReceive: boolean;
  /** Who writes the mention of a marketing text: our text carries it, or the operator adds its own. */
  readonly stopMention: 'as-written' | 'appended';
  /** The lifetimes a message may be given; null where the operator takes none. */
  readonly validity: { readonly shortestMs: number; readonly longestMs: number } | null;
  /** Answers tell the parts counted, and what they cost: compared with ours. */
  readonly reports: { readonly parts: boolean; readonly cost: boolean };
  /** The operator gives its list of people who said STOP. */
  readonly stopList: boolean;
}

/** One person of a call: the number in E.164 and our message id. */
export interface Recipient {
  readonly to: string;
  readonly reference: string;
}

/** One submission: a key, one text, and everybody who receives it. */
export interface Call {
  /** At most 20 characters, the same whenever this submission is repeated. */
  readonly key: string;
  readonly submissionId: string;
  readonly purpose: CallPurpose;
  readonly sender: string;
  readonly text: string;
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly recipients: readonly Recipient[];
  /** ISO 8601 by the law clock: after it the operator should no longer try. */
  readonly validUntil?: string;
  /** The same as a duration from the mark on, whatever the hour of the machine. */
  readonly validForMs?: number;
}

/** The normalised reasons of operators (one place decides the retry). */
export type ErrorClass =
  | 'THROTTLED'
  | 'RETRYABLE'
  | 'AMBIGUOUS'
  | 'PERMANENT_RECIPIENT'
  | 'OPTED_OUT'
  | 'PERMANENT_CONTENT'
  | 'CONFIG'
  | 'CREDIT'
  /** Not taken, for a reason that we do not know: of one person, until several in a row meet it. */
  | 'UNLISTED'
  | 'DUPLICATE';

/** Classes that prove non-acceptance: AMBIGUOUS is UNKNOWN, DUPLICATE is ACCEPTED. */
export type RefusalClass = Exclude<ErrorClass, 'AMBIGUOUS' | 'DUPLICATE'>;

/** One person the operator took; without `gatewayId` its id is `key:<call key>`. */
export interface AcceptedRecipient {
  readonly to: string;
  readonly gatewayId?: string;
  /** Id that covers several people of the call. */
  readonly ticket?: string;
  /** Ids of the parts that it left in, in order, where each has its own; null where the answer gave none. */
  readonly partIds?: readonly (string | null)[];
  readonly parts?: number;
  /** Decimal string in the account's currency. */
  readonly cost?: string;
}

/** One person of an accepted call whom the operator refused. */
export interface RejectedRecipient {
  readonly to: string;
  readonly errorClass: RefusalClass;
  readonly code: string;
  /** The operator's own, with nothing in it that names a person. */
  readonly words?: string;
}

/** When the bytes moved, in epoch milliseconds of the caller's machine clock. */
export interface Moments {
  readonly firstByteAt: number;
  readonly answeredAt: number;
}

/** The operator answered: these are taken, those are not. */
export interface Accepted extends Moments {
  readonly kind: 'ACCEPTED';
  readonly perRecipient: readonly AcceptedRecipient[];
  readonly rejected: readonly RejectedRecipient[];
}

/** Known not accepted, for everybody in the call; without moments, nothing was written. */
export interface Refused extends Partial<Moments> {
  readonly kind: 'REFUSED';
  readonly errorClass: RefusalClass;
  readonly code: string;
  /** The operator's own, with nothing in it that names a person. */
  readonly words?: string;
  readonly retryAfterMs?: number;
}

/** May have been accepted; only evidence decides. */
export interface Unknown extends Moments {
  readonly kind: 'UNKNOWN';
  /** `in-part`: some parts of one message were taken, others refused. */
  readonly reason: 'timeout' | 'reset' | '5xx' | 'parse' | 'in-part';
  /** Ids of the parts of its one message, in order; null where nobody knows one. */
  readonly partIds?: readonly (string | null)[];
}

/** Not one byte left: the look was too old, or the order was withdrawn first. */
export interface NotWritten {
  readonly kind: 'NOT_WRITTEN';
  readonly reason: 'too-late' | 'aborted';
}

/** What became of one call; a gateway answers it and never throws for it. */
export type SubmitResult = Accepted | Refused | Unknown | NotWritten;

/** A connection (or a place in a window) kept for one call. */
export interface Seat {
  /** Gives it back unused; without effect once used or released. */
  release(): void;
}

/** What bounds one call. */
export interface Attempt {
  readonly seat: Seat;
  /** On the `performance.now()` scale: from then on nothing is written. */
  readonly writeBefore: number;
  /** Aborting before the first byte prevents it; afterwards the answer is still awaited. */
  readonly signal: AbortSignal;
  readonly monotonic: () => number;
  /** Told the monotonic instant at which the first byte leaves: the log of a rate is kept by it. */
  readonly onFirstByte?: (at: number) => void;
  /** Epoch milliseconds by the machine clock. */
  readonly machine: () => number;
}

/** What is asked about a submission whose answer was lost. */
export interface Question {
  /** Null once it was lost with the database: who cannot tell by recipient alone answers UNDECIDABLE. */
  readonly key: string | null;
  readonly recipients: readonly Recipient[];
  /** ISO 8601: the mark of the submission. */
  readonly since: string;
  /** Needed where the look-up is by recipient and several texts are possible. */
  readonly text?: string;
}

/** One person the operator says it took, in answer to a question. */
export interface FoundRecipient extends AcceptedRecipient {
  readonly reference: string;
  readonly state?: ReceiptState;
}

/** The answer of a look-up; NOT_FOUND is no proof before `resolution.ts` says so. */
export type Reconciled =
  | {
      readonly kind: 'FOUND';
      readonly perRecipient: readonly FoundRecipient[];
      /** References of the question that the operator does not know. */
      readonly missing: readonly string[];
    }
  | { readonly kind: 'NOT_FOUND' }
  | {
      readonly kind: 'UNDECIDABLE';
      /** `not-yet`: something for that person still waits at the operator, so it is asked again later. */
      readonly reason: 'no-lookup' | 'unreachable' | 'not-yet' | 'several' | 'parse';
    };

/** The normalised states of a receipt. */
export type ReceiptState =
  | 'PENDING'
  | 'BUFFERED'
  | 'DELIVERED'
  | 'UNDELIVERED'
  | 'EXPIRED'
  | 'REJECTED'
  | 'OPTED_OUT'
  | 'UNKNOWN_FINAL';

interface InboundEvent {
  /** Equal for two deliveries of the same thing; names a person: digest it before it is stored. */
  readonly identity: string;
  /** Neither an id nor a moment came with it: the same words an hour later are another telling. */
  readonly isUndated?: true;
  /** When it happened by the operator's word, as it was written. */
  readonly occurredAt?: string;
  readonly gatewayId?: string;
  readonly ticket?: string;
  /** Our message id, where the operator gives it back. */
  readonly reference?: string;
}

/** One part of a message, counted from 1. */
export interface MessagePart {
  readonly at: number;
  readonly of: number;
}

/** What became of a message on its way. */
export interface ReceiptEvent extends InboundEvent {
  readonly kind: 'receipt';
  readonly to?: string;
  readonly state: ReceiptState;
  readonly code?: string;
  /** The number itself is to be flagged. */
  readonly numberIsBad?: boolean;
  /** The message was kept back because of the account. */
  readonly trouble?: ReceiptTrouble;
  /** The part of its message that the id is of, where it is of one alone. */
  readonly part?: MessagePart;
}

/** A person wrote; `src/sms` says what it means. */
export interface ReplyEvent extends InboundEvent {
  readonly kind: 'reply';
  readonly from: string;
  /** The sender answered to, where the operator says it. */
  readonly to?: string;
  readonly text: string;
  /** Words of parts of it that ask for more silence than the whole. */
  readonly parts?: readonly string[];
}

/** The operator itself says STOP, whatever the words were. */
export interface StopEvent extends InboundEvent {
  readonly kind: 'stop';
  readonly from: string;
  readonly to?: string;
  readonly text?: string;
}

/** One thing an operator told us. */
export type GatewayEvent = ReceiptEvent | ReplyEvent | StopEvent;

/** What was said in a call. */
export interface Said {
  readonly events: readonly GatewayEvent[];
  /** Pieces of it that nobody could read. */
  readonly unread: number;
}

/** What a callback says, or why it is not believed. */
export type Callback =
  | ({ readonly kind: 'EVENTS' } & Said)
  | { readonly kind: 'REJECTED'; readonly reason: 'signature' | 'malformed' };

/** Whether the account answers now, and what is left on it. */
export interface Health {
  readonly ok: boolean;
  readonly code?: string;
  readonly credit?: { readonly amount: string; readonly currency?: string };
}

/** People who said STOP to the operator itself. */
export type StopList =
  | { readonly kind: 'LISTED'; readonly stops: readonly StopEvent[] }
  | { readonly kind: 'UNREACHABLE' };

/** What a receipt may tell of the account: no credit left, or too much at once. */
export type ReceiptTrouble = 'CREDIT' | 'THROTTLED';

/** One part of a reply that is longer than one message, octets as they came. */
export interface ReplyPart {
  /** Equal for all parts of one reply; names a person: digest it before it is stored. */
  readonly message: string;
  /** From 1 to `of`. */
  readonly at: number;
  readonly of: number;
  /** E.164: the number that it comes from, or the two that it may be. */
  readonly senders: readonly string[];
  readonly to?: string;
  /** In base64. */
  readonly octets: string;
  readonly dataCoding: number;
  readonly alphabet: 'gsm-7' | 'latin-1' | 'utf-8';
}

/**
 * Listens to an operator that speaks on our own connection: it is answered once `take` has resolved.
 *
 * What nobody can read is refused once `keepUnread` has it, as it came; while that answers `full`, it is to be told
 * again. A part of a longer reply is answered once
 * `keepPart` has it, which answers `full` when it takes no more: then the part is told as a reply of its own.
 */
type Hear = (
  take: (events: readonly GatewayEvent[]) => Promise<void>,
  keepUnread?: (bytes: Buffer) => Promise<'kept' | 'full'>,
  keepPart?: (part: ReplyPart) => Promise<'kept' | 'full'>,
) => void;

/** An account at an operator: what the send path wishes of every one. */
export interface Gateway {
  readonly name: string;
  readonly kind: 'octopush' | 'ovh' | 'twilio' | 'smpp' | 'brevo' | 'smsmode' | 'sandbox';
  readonly fake: boolean;
  readonly capabilities: Capabilities;
  /** How many calls could be written at this instant. */
  seats(): number;
  /** At most `n` seats; asking for more than are open opens more for the next time. */
  reserve(n: number): Seat[];
  /** Parts that a text is sent in, each with an id and a receipt of its own; always one where absent. */
  sentParts?(text: Pick<Call, 'text' | 'encoding'>): number;
  /** Writes in this turn of the event loop, `writeBefore` tested as the first byte leaves, or never. */
  submit(call: Call, attempt: Attempt): Promise<SubmitResult>;
  reconcile(question: Question, signal: AbortSignal): Promise<Reconciled>;
  parseCallback(request: RawRequest): Callback;
  health(signal: AbortSignal): Promise<Health>;
  /** Everybody on the operator's list, where it gives one. */
  pullStops?(signal: AbortSignal): Promise<StopList>;
  /** Of operators that speak on our own connection. */
  hear?: Hear;
  /** Takes no more calls, waits for the answers of those written, then closes. */
  close(): Promise<void>;
}
