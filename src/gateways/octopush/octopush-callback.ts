import type { ReceiptEvent, ReceiptState, CallContents, OperatorCall } from '../../sending/index.ts';
import type { Item } from '../http/call-items.ts';
import { known, readCall, type Dialect, type ItemContext } from '../http/read-call.ts';

const STATES: ReadonlyMap<string, ReceiptState> = new Map([
  ['ACK', 'PENDING'],
  ['PROCESSED', 'PENDING'],
  ['TRANSMITTED', 'PENDING'],
  ['DELIVERED', 'DELIVERED'],
  ['READ', 'DELIVERED'],
  ['NOT_DELIVERED', 'UNDELIVERED'],
  ['NOT_ALLOWED', 'REJECTED'],
  ['BAD_DESTINATION', 'UNDELIVERED'],
  ['BLACKLISTED_NUMBER', 'OPTED_OUT'],
  ['UNKNOWN_DELIVERY', 'UNKNOWN_FINAL'],
  ['UNDEFINED', 'UNKNOWN_FINAL'],
]);

const TICKET = ['message_id', 'sms_ticket', 'ticket'];
const REPLIED = ['reception_date', 'sim_card_number'];

/** A reply's ticket comes "if it's found": the number and the words suffice. */
const OCTOPUSH: Dialect = {
  person: ['number', 'phone_number', 'phone', 'msisdn', 'from'],
  words: ['text'],
  wordsInReceipt: ['text'],
  isStop: (item) => item.has('stop_date') && (item.id('stop_date') !== undefined || !item.has('status')),
  about: (item, { person }) => {
    const ticket = item.id(...TICKET);
    const at = item.id('stop_date', 'reception_date');
    const said = item.has('stop_date') ? `stop ${at}` : `${at} ${item.first('text') ?? ''}`;
    return {
      ticket,
      occurredAt: at,
      identity: at === undefined ? undefined : `${ticket ?? ''} ${person ?? ''} ${said}`,
    };
  },
  receiptOf,
};

/** Reads one call of Octopush, unsigned: receipts, replies and STOP. */
export const readOctopushCall = (call: OperatorCall): CallContents => readCall(call, OCTOPUSH);

function receiptOf(item: Item, { person, reference }: ItemContext): ReceiptEvent | undefined {
  const ticket = item.id(...TICKET);
  if (ticket === undefined || item.has(...REPLIED, 'stop_date')) return undefined;
  const status = item.id('status')?.toUpperCase();
  if (status === undefined && item.has('text')) return undefined;
  const at = item.id('delivery_date');
  return {
    kind: 'receipt',
    identity: [ticket, person, status, at].map((part) => part ?? '').join(' '),
    gatewayId: ticket,
    ticket,
    state: STATES.get(status ?? '') ?? 'UNKNOWN_FINAL',
    ...known({ to: person, reference, code: status, occurredAt: at }),
    ...(status === 'BAD_DESTINATION' && { numberIsBad: true }),
  };
}
