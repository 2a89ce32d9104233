import { NOTHING, USUAL, type OperatorEntry } from '../entry.ts';
import { bilingual } from '../../words/index.ts';
import type { ReceiptEvent, ReceiptState, CallContents, OperatorCall } from '../../sending/index.ts';
import { e164Of } from '../http/operator-number.ts';
import { known, readCall, type Dialect } from '../http/read-call.ts';
import type { Item } from '../http/call-items.ts';

/** The sandbox writes numbers as we do. */
const SANDBOX: Dialect = {
  person: ['from'],
  words: ['text'],
  isStop: () => false,
  about: (item) => ({
    identity: item.id('id'),
    occurredAt: item.id('at'),
    to: item.id('to'),
  }),
  receiptOf,
};

/** Reads one call of the sandbox operator. */
export const readSandboxCall = (call: OperatorCall): CallContents => readCall(call, SANDBOX);

const STATES: ReadonlyMap<string, ReceiptState> = new Map([
  ['DELIVERED', 'DELIVERED'],
  ['UNDELIVERED', 'UNDELIVERED'],
]);

function receiptOf(item: Item): ReceiptEvent | undefined {
  const [id, reference, at] = [item.id('id'), item.id('reference'), item.id('at')];
  if (item.has('from', 'text') || (id === undefined && reference === undefined)) return undefined;
  const to = item.read(['to'], e164Of);
  const state = STATES.get(item.id('state') ?? '') ?? 'UNKNOWN_FINAL';
  return {
    kind: 'receipt',
    identity: `${id ?? reference} ${item.id('state') ?? ''}`,
    state,
    ...known({ gatewayId: id, reference, to, occurredAt: at }),
  };
}

/** The built-in operator, whose messages reach nobody. */
export const sandbox: OperatorEntry<'sandbox'> = {
  capabilities: {
    ...NOTHING,
    lookup: 'by-key',
    requestTimeoutMs: 5_000,
    canReceive: true,
    reports: { parts: true, cost: false },
  },
  assumptions: [
    ...USUAL.first,
    ...USUAL.sent,
    'parts-told',
    'callback',
    ...USUAL.receipts,
    'look-up',
    ...USUAL.reply,
  ],
  stopHow: bilingual.doctor.stopHow.page,
  read: readSandboxCall,
};
