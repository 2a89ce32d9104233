import { z } from 'zod';
import type { Purpose } from '../../rule/index.ts';
import type { GatewayAccount } from '../../settings/index.ts';

/** An operator's capabilities; policy is derived from them, never from its name. */
export interface Capabilities {
  /** Maximum number of recipients of one call. */
  readonly maxRecipients: number;
  readonly receipts: 'per-message' | 'per-ticket' | 'none';
  /** `key-24h`: a call repeated under its key within 24 h is accepted once. */
  readonly idempotency: 'key-24h' | 'none';
  readonly lookup: 'by-key' | 'by-recipient' | 'none';
  readonly signedCallbacks: boolean;
  /** True when the operator may hold a message by its own hours. */
  readonly ownWindow: boolean;
  /** Longest time between an acceptance and its appearance in the look-up. */
  readonly indexingDelayMs: number;
  /** Longest wait for an answer once the request is written. */
  readonly requestTimeoutMs: number;
  /** True when a STOP mention turns a reminder into marketing at this operator. */
  readonly stopMentionReclassifies: boolean;
  /** True when the operator itself confirms a STOP to the person. */
  readonly acknowledgesStop: boolean;
  /** True when the person can answer the sender of a message. */
  readonly canReceive: boolean;
  /** The author of the opt-out mention of a marketing text: our text carries it, or the operator appends its own. */
  readonly stopMention: 'as-written' | 'appended';
  /** The allowed lifetimes of a message; null where the operator takes none. */
  readonly validity: { readonly shortestMs: number; readonly longestMs: number } | null;
  /** True when answers report parts and costs, which are compared with ours. */
  readonly reports: { readonly parts: boolean; readonly cost: boolean };
  /** True when the operator offers its list of opt-outs. */
  readonly stopList: boolean;
}

/** One submission: a key, one text, and its recipients. */
export interface Call {
  /** At most 20 characters, the same whenever this submission is repeated. */
  readonly key: string;
  readonly submissionId: string;
  /** An operator may treat marketing otherwise. */
  readonly purpose: Purpose;
  readonly sender: string;
  readonly text: string;
  readonly encoding: 'GSM-7' | 'UCS-2';
  /** Numbers in E.164, each with our message id. */
  readonly recipients: readonly { readonly to: string; readonly reference: string }[];
  /** ISO 8601 by the law clock: the operator should not try later. */
  readonly validUntil?: string;
  /** The same as a duration from the mark on, whatever the machine's clock shows. */
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

/** One accepted recipient; without `gatewayId` its id is `key:<call key>`. */
export interface AcceptedRecipient {
  readonly to: string;
  readonly gatewayId?: string;
  /** Id shared by several people of the call. */
  readonly ticket?: string;
  /** Ids of the parts, in order, where each has its own; null where the answer gave none. */
  readonly partIds?: readonly (string | null)[];
  readonly parts?: number;
  /** Decimal string in the account's currency. */
  readonly cost?: string;
}

/** The times of a call's bytes, in epoch milliseconds of the caller's machine clock. */
export interface Moments {
  readonly firstByteAt: number;
  readonly answeredAt: number;
}

/** An answered call with its accepted and refused recipients. */
export interface Accepted extends Moments {
  readonly kind: 'ACCEPTED';
  readonly perRecipient: readonly AcceptedRecipient[];
  readonly rejected: readonly {
    readonly to: string;
    readonly errorClass: RefusalClass;
    readonly code: string;
    /** The operator's own words, without anything that names a person. */
    readonly words?: string;
  }[];
}

/** Known not accepted, for everybody in the call; without moments, nothing was written. */
export interface Refused extends Partial<Moments> {
  readonly kind: 'REFUSED';
  readonly errorClass: RefusalClass;
  readonly code: string;
  /** The operator's own words, without anything that names a person. */
  readonly words?: string;
  readonly retryAfterMs?: number;
}

/** The outcome of one call; a gateway returns it and never throws for it. */
export type SubmitResult =
  | Accepted
  | Refused
  /** Possibly accepted; only evidence decides. */
  | (Moments & {
      readonly kind: 'UNKNOWN';
      /** `in-part`: some parts of one message were accepted, others refused. */
      readonly reason: 'timeout' | 'reset' | '5xx' | 'parse' | 'in-part';
      /** Ids of the parts of its one message, in order; null where one is unknown. */
      readonly partIds?: readonly (string | null)[];
    })
  /** Not one byte was sent: the look was too old, or the order was withdrawn first. */
  | { readonly kind: 'NOT_WRITTEN'; readonly reason: 'too-late' | 'aborted' };

/** A connection (or a place in a window) reserved for one call. */
export interface Slot {
  /** Returns it unused; without effect once used or released. */
  release(): void;
}

/** Limits of a submission: its slot, its deadline, its abort signal. */
export interface CallBounds {
  readonly slot: Slot;
  /** Limit on the `performance.now()` scale: nothing is written from then on. */
  readonly writeBefore: number;
  /** Aborting before the first byte prevents it; afterwards the answer is still awaited. */
  readonly signal: AbortSignal;
  readonly monotonic: () => number;
  /** Called with the monotonic instant at which the first byte is sent: rate limiting counts by it. */
  readonly onFirstByte?: (at: number) => void;
  /** Epoch milliseconds by the machine clock. */
  readonly machine: () => number;
}

/** A question about a submission whose answer was lost. */
export interface ReconcileQuestion {
  /** Null once it was lost with the database: an operator that cannot look up by recipient alone answers UNDECIDABLE. */
  readonly key: string | null;
  /** A number is empty where the one at the mark is not known any more: then the key alone names the message. */
  readonly recipients: Call['recipients'];
  /** ISO 8601: the mark of the submission. */
  readonly since: string;
  /** Needed where the look-up is by recipient and several texts are possible. */
  readonly text?: string;
}

/** One recipient found by a look-up. */
export interface FoundRecipient extends AcceptedRecipient {
  readonly reference: string;
  readonly state?: ReceiptState;
}

/** The answer of a look-up; NOT_FOUND is no proof before `absenceProvedAfterMs` of the resolution policy. */
export type Reconciled =
  | {
      readonly kind: 'FOUND';
      readonly perRecipient: readonly FoundRecipient[];
      /** References of the question that are unknown to the operator. */
      readonly missing: readonly string[];
    }
  | { readonly kind: 'NOT_FOUND' }
  | {
      readonly kind: 'UNDECIDABLE';
      /** `not-yet`: a message to that person still waits at the operator, so it is asked again later. */
      readonly reason: 'no-lookup' | 'unreachable' | 'not-yet' | 'several' | 'parse';
    };

/** The normalised states of a receipt. */
export const RECEIPT_STATES = [
  'PENDING',
  'BUFFERED',
  'DELIVERED',
  'UNDELIVERED',
  'EXPIRED',
  'REJECTED',
  'OPTED_OUT',
  'UNKNOWN_FINAL',
] as const;
export type ReceiptState = (typeof RECEIPT_STATES)[number];

interface InboundEvent {
  /** Equal for two deliveries of the same event; names a person: digest it before it is stored. */
  readonly identity: string;
  /** Set without an id and a moment: the same words an hour later are another event. */
  readonly isUndated?: true;
  /** The operator's own time of the event, as written. */
  readonly occurredAt?: string;
  readonly gatewayId?: string;
  readonly ticket?: string;
  /** Our message id, where the operator returns it. */
  readonly reference?: string;
}

/** One part of a message, counted from 1. */
export interface MessagePart {
  readonly at: number;
  readonly of: number;
}

/** The result of a message's delivery. */
export interface ReceiptEvent extends InboundEvent {
  readonly kind: 'receipt';
  readonly to?: string;
  readonly state: ReceiptState;
  readonly code?: string;
  /** True when the number itself is to be flagged. */
  readonly numberIsBad?: boolean;
  /** The account's trouble that held the message back. */
  readonly trouble?: ReceiptTrouble;
  /** The part with that id, where it is of one alone. */
  readonly part?: MessagePart;
}

/** A person's reply; `src/sms` interprets it. */
export interface ReplyEvent extends InboundEvent {
  readonly kind: 'reply';
  readonly from: string;
  /** The sender answered to, where the operator gives it. */
  readonly to?: string;
  readonly text: string;
  /** Words of single parts that opt out of more than the whole. */
  readonly parts?: readonly string[];
}

/** A STOP reported by the operator itself, whatever the words were. */
export interface StopEvent extends InboundEvent {
  readonly kind: 'stop';
  readonly from: string;
  readonly to?: string;
  readonly text?: string;
}

/** One event from an operator. */
export type GatewayEvent = ReceiptEvent | ReplyEvent | StopEvent;

/** The events of an authentic callback, in their order. */
export interface CallContents {
  readonly events: readonly GatewayEvent[];
  /** Count of unreadable pieces. */
  readonly unread: number;
}

/** A callback's content, or the reason why it is not authentic. */
export type Callback =
  | ({ readonly kind: 'EVENTS' } & CallContents)
  | { readonly kind: 'REJECTED'; readonly reason: 'signature' | 'malformed' };

/** The availability of an account, and its remaining credit. */
export interface Health {
  readonly ok: boolean;
  readonly code?: string;
  readonly credit?: { readonly amount: string; readonly currency?: string };
}

/** People who sent STOP to the operator itself. */
export type StopList =
  | { readonly kind: 'LISTED'; readonly stops: readonly StopEvent[] }
  | { readonly kind: 'UNREACHABLE' };

/** The account troubles that a receipt may report: no credit left, or too many messages at once. */
export type ReceiptTrouble = 'CREDIT' | 'THROTTLED';

/** One part of a reply that is longer than one message, as raw octets. */
export const ReplyPart = z.object({
  /** Equal for all parts of one reply; names a person: digest it before it is stored. */
  message: z.string(),
  at: z.int(),
  of: z.int(),
  /** E.164: the number of the sender, or the two possible ones. */
  senders: z.array(z.string()).readonly(),
  to: z.string().exactOptional(),
  /** In base64. */
  octets: z.string(),
  dataCoding: z.int(),
  alphabet: z.enum(['gsm-7', 'latin-1', 'utf-8']),
});
export type ReplyPart = Readonly<z.output<typeof ReplyPart>>;

/** An account at an operator, as the send path needs it. */
export interface Gateway {
  readonly name: string;
  readonly kind: GatewayAccount['kind'];
  readonly fake: boolean;
  readonly capabilities: Capabilities;
  /** Returns how many calls could be written at this instant. */
  freeSlots(): number;
  /** Reserves at most `n` slots; asking for more than are open opens more for the next time. */
  reserve(n: number): Slot[];
  /** Counts the parts of a text, each with an id and a receipt of its own; always one where absent. */
  sentParts?(text: Pick<Call, 'text' | 'encoding'>): number;
  /** Writes in this turn of the event loop, checking `writeBefore` as the first byte is sent, or never. */
  submit(call: Call, attempt: CallBounds): Promise<SubmitResult>;
  reconcile(question: ReconcileQuestion, signal: AbortSignal): Promise<Reconciled>;
  parseCallback(request: RawRequest): Callback;
  health(signal: AbortSignal): Promise<Health>;
  /** Reads the operator's list of opt-outs, where it offers one. */
  pullStops?(signal: AbortSignal): Promise<StopList>;
  /**
   * Listens to an operator that sends on our own connection: its call is acknowledged once `take` has resolved. An
   * unreadable call is refused once `keepUnread` has stored it raw; while that returns `full`, the operator is to
   * repeat it. A part of a longer reply is acknowledged once `keepPart` has stored it, which returns `full` when it
   * takes no more: then the part is handled as a reply of its own.
   */
  receive?: (
    take: (events: readonly GatewayEvent[]) => Promise<void>,
    keepUnread?: (bytes: Buffer) => Promise<'kept' | 'full'>,
    keepPart?: (part: ReplyPart) => Promise<'kept' | 'full'>,
  ) => void;
  /** Takes no more calls, waits for the answers of those written, then closes. */
  close(): Promise<void>;
}

/** A raw callback, before it is verified. */
export interface RawRequest {
  readonly method: string;
  /** Path and query as called; an operator that signs an address knows its public host. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

/** A verified call as it is kept: without the secret of its address. */
export interface OperatorCall {
  readonly method: string;
  /** The rest of the path behind the secret: a query, or nothing. */
  readonly target: string;
  readonly contentType: string;
  /** Empty once the body could be decompressed. */
  readonly contentEncoding: string;
  readonly body: Buffer;
}
