import type { ReceiptEvent, ReceiptState, CallContents, OperatorCall } from '../../sending/index.ts';
import { e164Of } from '../http/callback-fields.ts';
import type { Item } from '../http/call-items.ts';
import { known, readCall, type Dialect, type ItemContext } from '../http/read-call.ts';

const STATES: ReadonlyMap<string, ReceiptState> = new Map([
  ['accepted', 'PENDING'],
  ['sent', 'PENDING'],
  ['delivered', 'DELIVERED'],
  ['softbounces', 'UNDELIVERED'],
  ['softbounce', 'UNDELIVERED'],
  ['hardbounces', 'UNDELIVERED'],
  ['hardbounce', 'UNDELIVERED'],
  ['bounces', 'UNDELIVERED'],
  ['blocked', 'REJECTED'],
  ['rejected', 'REJECTED'],
  ['skipped', 'REJECTED'],
]);

const BAD_NUMBER = new Set(['hardbounces', 'hardbounce']);
const STOPPED = new Set(['unsubscription', 'unsubscribe', 'unsubscribed']);
const REPLIED = new Set(['replies', 'reply', 'replied']);

const STATUS = ['msg_status', 'status', 'event'];
const ID = ['messageId', 'message_id'];

/** Normalizes an event's name: no case or punctuation. */
const statusOf = (item: Item): string | undefined =>
  item
    .id(...STATUS)
    ?.toLowerCase()
    .replaceAll(/[^a-z]/g, '');

/** Brevo writes the country without its plus: nine digits from Nouméa are no number of the mainland without its 0. */
const numberOf = (written: string): string | undefined => e164Of(written.trim().replace(/^[1-9]\d*$/, '+$&'));

/** Words of a reply have one of two names, depending on the page of the documentation; `text` may be ours in a receipt. */
const BREVO: Dialect = {
  person: ['to', 'from', 'number', 'phone', 'recipient', 'mobile'],
  numberOf,
  words: ['reply', 'text'],
  isStop: (item) => STOPPED.has(statusOf(item) ?? ''),
  about: (item, { person, reference }) => {
    const [id, date] = [item.id(...ID), item.id('date')];
    const said = [id, person, item.id(...STATUS), date, item.first('reply', 'text')];
    return {
      identity: id === undefined && date === undefined ? undefined : said.map((one) => one ?? '').join(' '),
      occurredAt: date,
      gatewayId: id,
      reference,
    };
  },
  receiptOf,
};

/** Reads one call of Brevo, unsigned: one event, or several where batches were requested. */
export const readBrevoCall = (call: OperatorCall): CallContents => readCall(call, BREVO);

function receiptOf(item: Item, { person, reference }: ItemContext): ReceiptEvent | undefined {
  const [id, status = '', date] = [item.id(...ID), statusOf(item), item.id('date')];
  if (STOPPED.has(status) || REPLIED.has(status) || item.has('reply')) return undefined;
  if ((status === '' && item.has('text')) || (id ?? reference) === undefined) return undefined;
  const code = item.id(...STATUS);
  return {
    kind: 'receipt',
    identity: [id, person, code, date, item.first('text')].map((one) => one ?? '').join(' '),
    state: STATES.get(status) ?? 'UNKNOWN_FINAL',
    ...known({ code, to: person, gatewayId: id, reference, occurredAt: date }),
    ...(BAD_NUMBER.has(status) && { numberIsBad: true }),
  };
}
