import type { ReceiptEvent, ReceiptState, CallContents, OperatorCall } from '../../sending/index.ts';
import type { Item } from '../http/call-items.ts';
import { known, readCall, type Dialect } from '../http/read-call.ts';

const BY_DESCRIPTION: ReadonlyMap<string, ReceiptState> = new Map([
  ['0', 'PENDING'],
  ['1', 'DELIVERED'],
  ['2', 'UNDELIVERED'],
  ['4', 'PENDING'],
  ['8', 'BUFFERED'],
  ['16', 'REJECTED'],
]);

/** The final states by `ptt`; others say no more than the description. */
const BY_PTT: ReadonlyMap<string, ReceiptState> = new Map([
  ['1', 'PENDING'],
  ['2', 'PENDING'],
  ['3', 'PENDING'],
  ['4', 'DELIVERED'],
  ['5', 'UNDELIVERED'],
  ['6', 'UNKNOWN_FINAL'],
  ['8', 'EXPIRED'],
]);

/** Code of unassigned numbers. */
const BAD_NUMBER = '23';

/** Possible names of a number and of words: OVHcloud documents none for STOP and replies. */
const NUMBER_NAMES = ['sender', 'senderid', 'from', 'number', 'receiver', 'phone', 'msisdn'];
const TEXT_NAMES = ['message', 'text', 'content', 'msg', 'body'];
const RECEIPT_NAMES = ['ptt', 'description', 'descriptionDlr'];

const isReceipt = (item: Item): boolean => item.has(...RECEIPT_NAMES);

/** A person's words are read as such; a number alone counts as a STOP, in doubt. */
const OVH: Dialect = {
  person: NUMBER_NAMES,
  words: TEXT_NAMES,
  isStop: (item) =>
    !isReceipt(item) && !item.isCut && item.first(...TEXT_NAMES) === undefined && item.has(...NUMBER_NAMES),
  about: (item, { person }) => {
    const [id, date] = [item.id('id'), item.id('date')];
    const said = item.first(...TEXT_NAMES) ?? 'stop';
    return {
      occurredAt: date,
      identity:
        id === undefined && date === undefined
          ? undefined
          : `${id ?? ''} ${person ?? ''} ${date ?? ''} ${said}`,
    };
  },
  receiptOf,
};

/** Reads one call of OVHcloud, mostly by GET, and unsigned. */
export const readOvhCall = (call: OperatorCall): CallContents => readCall(call, OVH);

/** Its receipts carry no number: without a number and words, an id is one of a message. */
function receiptOf(item: Item): ReceiptEvent | undefined {
  const id = item.id('id');
  if (id === undefined || (!isReceipt(item) && item.has(...NUMBER_NAMES, ...TEXT_NAMES))) return undefined;
  const [ptt = '', description = '', date] = [item.id('ptt'), item.id('description'), item.id('date')];
  return {
    kind: 'receipt',
    identity: `${id} ${ptt} ${description} ${date ?? ''}`,
    gatewayId: id,
    state: BY_PTT.get(ptt) ?? BY_DESCRIPTION.get(description) ?? 'UNKNOWN_FINAL',
    code: `PTT_${ptt}`,
    ...known({ occurredAt: date }),
    ...(ptt === BAD_NUMBER && { numberIsBad: true }),
  };
}
