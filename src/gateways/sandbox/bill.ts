import { costOfParts } from '../../sms/index.ts';
import { reachedHandset, type LogRecord, type SandboxPrice } from './log-record.ts';

/** An account's charge for parts at one price. */
interface BillLine extends Partial<SandboxPrice> {
  readonly account: string;
  readonly messages: number;
  readonly parts: number;
  /** Absent without a price. */
  readonly amount?: string;
}

const owed = ({ perPart, parts }: BillLine): Partial<BillLine> =>
  perPart === undefined ? {} : { amount: costOfParts(perPart, parts) };

/** The operator's charges, by account and price. */
export interface SandboxBill {
  readonly lines: readonly BillLine[];
}

/**
 * Sums all messages that reached a handset, whatever was answered: one line for each account and price. It does not
 * know the ledger of the sender: a difference shows a wrong count.
 */
export async function billed(log: AsyncIterable<{ readonly record: LogRecord }>): Promise<SandboxBill> {
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
