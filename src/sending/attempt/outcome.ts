/** The acceptance of one message. */
export interface AcceptedMessage {
  readonly kind: 'accepted';
  readonly seq: number;
  readonly submissionId: string;
  readonly gatewayId: string;
  /** Phone index where one id covers several people; empty otherwise. */
  readonly recipient: Buffer;
  /** Epoch milliseconds of the machine; null when only a look-up reports it. */
  readonly firstByteAt: number | null;
  readonly answeredAt: number;
  /** The id of each part in order; that of the last is `gatewayId`. */
  readonly partIds?: readonly string[];
}

/** Any other outcome of one message. */
export interface OtherOutcome {
  readonly kind: 'failed' | 'uncertain' | 'again' | 'unwritten';
  readonly seq: number;
  readonly submissionId: string;
  /** The reason kept with the row; empty for `again` and `unwritten`. */
  readonly reason: string;
  /** For `again`: epoch milliseconds of the machine before which it is not retried. */
  readonly notBefore: number;
  /** The operator's refusal: its code, and its words without anything that names a person. */
  readonly said?: { readonly code: string; readonly words?: string };
  /** Set when the operator was asked about this message alone: it says nothing of the rest of its call. */
  readonly askedOf?: true;
  /** The ids of the possibly accepted parts, in order. */
  readonly partIds?: readonly string[];
  /** The epoch of a mark whose answer was lost: it ends before this is written. */
  readonly lostUnder?: number;
}

/** The outcome of one marked message. */
export type Outcome = AcceptedMessage | OtherOutcome;

/** The batch and time of the outcomes. */
export interface OutcomePlace {
  readonly tenantId: string;
  readonly batchId: string;
  readonly accountId: string;
  /** ISO instant of the law clock, kept with final states. */
  readonly lawNow: string;
  /** Decimal price of one part, for submissions without their own. */
  readonly price: string | null;
}
