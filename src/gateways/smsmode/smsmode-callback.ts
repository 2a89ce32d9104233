import type { ReceiptEvent, ReceiptState, CallContents, OperatorCall } from '../../sending/index.ts';
import { e164Of } from '../http/callback-fields.ts';
import { queryOf, type Item } from '../http/call-items.ts';
import { formPairs } from '../http/call-text.ts';
import { known, readCall, type Dialect, type ItemContext } from '../http/read-call.ts';

/** States by status; other statuses say nothing. */
export const SMSMODE_STATES: ReadonlyMap<string, ReceiptState> = new Map([
  ['SCHEDULED', 'PENDING'],
  ['PENDING', 'PENDING'],
  ['ENROUTE', 'PENDING'],
  ['SENT', 'PENDING'],
  ['ACCEPTED', 'PENDING'],
  ['BUFFERED', 'BUFFERED'],
  ['DELIVERED', 'DELIVERED'],
  ['UNDELIVERED', 'UNDELIVERED'],
  ['UNDELIVERABLE', 'UNDELIVERED'],
  ['FAILED', 'UNDELIVERED'],
  ['EXPIRED', 'EXPIRED'],
  ['REJECTED', 'REJECTED'],
  ['CANCELED', 'REJECTED'],
  ['CANCELLED', 'REJECTED'],
]);

/** The path of a call that means a reply: we gave it with each message. */
export const REPLIES = 'mo';

const ID = ['messageId', 'smsID', 'id'];
const STATUS = ['status.value', 'status', 'statut'];
const WORDS = ['body.text', 'text', 'message', 'body'];

/**
 * Both generations of its interface: JSON with nested objects, and fields of a query under French names. A receipt
 * may repeat our own text, so its words are nobody's; the addresses that we give with a message separate it from a
 * reply.
 */
const SMSMODE: Dialect = {
  words: WORDS,
  receiptOf,
  person: ['numero', 'from', 'sender', 'recipient.to', 'to'],
  isStop: () => false,
  about: (item, { person }) => {
    const [id, date] = [item.id('responseID', ...ID), item.id('receivedDate', 'date_reception', 'date')];
    return {
      identity: id === undefined ? undefined : `mo ${id} ${person ?? ''} ${date ?? ''}`,
      occurredAt: date,
      to: item.id('emetteur', 'recipient.to'),
    };
  },
};

/** Reads one call of smsmode, unsigned. */
export function readSmsmodeCall(call: OperatorCall): CallContents {
  const isReply = formPairs(queryOf(call)).some(([name]) => name === REPLIES);
  return readCall(call, isReply ? { ...SMSMODE, receiptOf: () => undefined } : SMSMODE);
}

const isOfPerson = (item: Item): boolean =>
  item.has('responseID') || item.id('type', 'direction', 'flow')?.toUpperCase() === 'MO';

function receiptOf(item: Item, { person, reference }: ItemContext): ReceiptEvent | undefined {
  const [id, status] = [item.id(...ID), item.id(...STATUS)?.toUpperCase()];
  if (isOfPerson(item) || (id === undefined && reference === undefined)) return undefined;
  if (status === undefined && item.has(...WORDS)) return undefined;
  const to = item.read(['recipient.to', 'numero', 'to'], e164Of) ?? person;
  return {
    kind: 'receipt',
    identity: `${id ?? reference} ${status ?? ''}`,
    state: SMSMODE_STATES.get(status ?? '') ?? 'UNKNOWN_FINAL',
    ...known({ code: status, gatewayId: id, reference, to }),
  };
}
