/** What the operator did with a request. */
export type Outcome = 'accepted' | 'rejected' | 'throttled' | 'failed' | 'hung' | 'reset';

/** A decimal and its currency. */
export interface SandboxPrice {
  readonly perPart: string;
  readonly currency: string;
}

interface Written {
  readonly id: string;
  readonly from: string;
  readonly text: string;
  /** ISO 8601 by the machine clock. */
  readonly receivedAt: string;
  /** ISO 8601 by the law clock: what the handset shows. */
  readonly lawAt: string;
}

/** One request to send, as it was received. */
export interface RequestRecord extends Written {
  readonly type: 'request';
  readonly key: string;
  readonly reference: string;
  readonly to: string;
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly parts: number;
  readonly outcome: Outcome;
  /** The account that it was sent for; unknown of older lines. */
  readonly account?: string;
  /** What a part cost when it came, by the operator's own list; none for an account without a price. */
  readonly price?: SandboxPrice;
}

/** What a person typed on a handset. */
export interface ReplyRecord extends Written {
  readonly type: 'reply';
  readonly to?: string;
}

/** One line of the operator's log. */
export type LogRecord = RequestRecord | ReplyRecord;

/** Whether the person received it, whatever we were answered. */
export function reachedHandset(record: LogRecord): record is RequestRecord {
  return record.type === 'request' && (record.outcome === 'accepted' || record.outcome === 'hung');
}

/** The handset that wrote or received it. */
export function handsetOf(record: LogRecord): string {
  return record.type === 'request' ? record.to : record.from;
}
