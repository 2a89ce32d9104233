/** The operator's treatment of a request. */
export type SandboxOutcome = 'accepted' | 'rejected' | 'throttled' | 'failed' | 'hung' | 'reset';

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
  /** ISO 8601 by the law clock, as the handset shows it. */
  readonly lawAt: string;
}

/** One received request to send. */
export interface RequestRecord extends Written {
  readonly type: 'request';
  readonly key: string;
  readonly reference: string;
  readonly to: string;
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly parts: number;
  readonly outcome: SandboxOutcome;
  /** Its account; absent in older lines. */
  readonly account?: string;
  /** The price of a part at reception, by the operator's own list; absent for an account without a price. */
  readonly price?: SandboxPrice;
}

/** A person's reply on a handset. */
export interface TypedReply extends Written {
  readonly type: 'reply';
  readonly to?: string;
}

/** One line of the operator's log. */
export type LogRecord = RequestRecord | TypedReply;

/** Says whether the person received it, whatever the answer was. */
export function reachedHandset(record: LogRecord): record is RequestRecord {
  return record.type === 'request' && (record.outcome === 'accepted' || record.outcome === 'hung');
}

/** Returns the handset that wrote or received it. */
export function handsetOf(record: LogRecord): string {
  return record.type === 'request' ? record.to : record.from;
}
