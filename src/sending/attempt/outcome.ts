/** The operator took one message. */
export interface AcceptedMessage {
  readonly kind: 'accepted';
  readonly seq: number;
  readonly submissionId: string;
  readonly gatewayId: string;
  /** Phone index where one id covers several people; empty otherwise. */
  readonly recipient: Buffer;
  /** Epoch milliseconds of the machine; null when only a look-up tells of it. */
  readonly firstByteAt: number | null;
  readonly answeredAt: number;
  /** Of a message in several parts, the id of each in order; that of the last is `gatewayId`. */
  readonly partIds?: readonly string[];
}

/** Anything else that became of one message. */
export interface OtherOutcome {
  readonly kind: 'failed' | 'uncertain' | 'again' | 'unwritten';
  readonly seq: number;
  readonly submissionId: string;
  /** The reason kept with the row; empty for `again` and `unwritten`. */
  readonly reason: string;
  /** For `again`: epoch milliseconds of the machine before which it is not tried. */
  readonly notBefore: number;
  /** What the operator said when it refused: its code, and its words without anything that names a person. */
  readonly said?: { readonly code: string; readonly words?: string };
  /** Found out by asking the operator about this message alone: it says nothing of the rest of its call. */
  readonly askedOf?: true;
  /** The ids of the parts that may have been taken, in order. */
  readonly partIds?: readonly string[];
  /** Of a mark whose answer was lost, the epoch that it was made under: it ends before this is written. */
  readonly lostUnder?: number;
}

/** What became of one marked message. */
export type Outcome = AcceptedMessage | OtherOutcome;

/** Where the outcomes belong. */
export interface Written {
  readonly tenantId: string;
  readonly batchId: string;
  readonly accountId: string;
  /** ISO instant of the law clock, kept with final states. */
  readonly lawNow: string;
  /** Decimal price of one part, for submissions that do not say what they cost. */
  readonly price: string | null;
}
