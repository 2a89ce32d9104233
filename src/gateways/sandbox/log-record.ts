import { z } from 'zod';
import { costOfParts } from '../../sms/index.ts';

export interface TypedReply {
  readonly type: 'reply';
  readonly to?: string;
  readonly id: string;
  readonly from: string;
  readonly text: string;
  /** ISO 8601 by the machine clock. */
  readonly receivedAt: string;
  /** ISO 8601 by the law clock, as the handset shows it. */
  readonly lawAt: string;
}

export interface RequestRecord extends Omit<TypedReply, 'type' | 'to'> {
  readonly type: 'request';
  readonly key: string;
  readonly reference: string;
  readonly to: string;
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly parts: number;
  readonly outcome: 'accepted' | 'rejected' | 'throttled' | 'failed' | 'hung' | 'reset';
  /** Its account; absent in older lines. */
  readonly account?: string;
  /** The price of a part at reception, by the operator's own list; absent for an account without a price. */
  readonly price?: { readonly perPart: string; readonly currency: string };
}

export type LogRecord = RequestRecord | TypedReply;

/** Says whether the person received it, whatever the answer was. */
export function reachedHandset(record: LogRecord): record is RequestRecord {
  return record.type === 'request' && (record.outcome === 'accepted' || record.outcome === 'hung');
}

export function handsetOf(record: LogRecord): string {
  return record.type === 'request' ? record.to : record.from;
}

export const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/);

/** The operator's schema of a request to send. */
export const Submission = z.object({
  key: z.string().min(1).max(64),
  reference: z.string().min(1).max(128),
  to: E164,
  from: z.string().min(1).max(16),
  text: z.string().min(1).max(1_600),
  account: z.string().max(64).optional(),
  validUntil: z.iso.datetime({ offset: true }).optional(),
});

export type Submission = z.infer<typeof Submission>;

interface BillLine extends Partial<NonNullable<RequestRecord['price']>> {
  readonly account: string;
  readonly messages: number;
  readonly parts: number;
  readonly amount?: string;
}

const owed = ({ perPart, parts }: BillLine): Partial<BillLine> =>
  perPart === undefined ? {} : { amount: costOfParts(perPart, parts) };

/**
 * Sums all messages that reached a handset, whatever was answered: one line for each account and price. It does not
 * know the ledger of the sender: a difference shows a wrong count.
 */
export async function billed(log: AsyncIterable<{ readonly record: LogRecord }>) {
  const lines = new Map<string, BillLine>();
  for await (const { record } of log) {
    if (!reachedHandset(record)) continue;
    const { account = '', price, parts } = record;
    const key = `${account} ${price?.currency ?? ''} ${price?.perPart ?? ''}`;
    const before = lines.get(key) ?? { account, ...price, messages: 0, parts: 0 };
    lines.set(key, { ...before, messages: before.messages + 1, parts: before.parts + parts });
  }
  const inOrder = [...lines].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { lines: inOrder.map(([, line]) => Object.assign({}, line, owed(line))) };
}
