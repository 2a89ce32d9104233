import type { Callback, GatewayEvent, RawRequest, ReceiptState } from '../gateway.ts';
import { e164Of, fieldsOf } from '../http/callback-fields.ts';

type Fields = Readonly<Record<string, string>>;

/** `description` of a receipt. */
const BY_DESCRIPTION: Readonly<Record<string, ReceiptState>> = {
  '0': 'PENDING',
  '1': 'DELIVERED',
  '2': 'UNDELIVERED',
  '4': 'PENDING',
  '8': 'BUFFERED',
  '16': 'REJECTED',
};

/** Where the way of a message ended, by `ptt`; what is not here says no more than the description. */
const BY_PTT: Readonly<Record<string, ReceiptState>> = {
  '1': 'PENDING',
  '2': 'PENDING',
  '3': 'PENDING',
  '4': 'DELIVERED',
  '5': 'UNDELIVERED',
  '6': 'UNKNOWN_FINAL',
  '8': 'EXPIRED',
};

/** Numbers that nobody has. */
const BAD_NUMBER = '23';

/** Names under which a number and words may come: OVHcloud documents none for STOP and replies. */
const NUMBER_NAMES = ['sender', 'senderid', 'from', 'number', 'receiver', 'phone', 'msisdn'];
const TEXT_NAMES = ['message', 'text', 'content', 'msg', 'body'];

/** What OVHcloud tells in one call, by GET and unsigned. */
export function parseOvhCallback(request: RawRequest): Callback {
  const fields = fieldsOf(request);
  const event = fields['ptt'] !== undefined ? receiptOf(fields) : spokenOf(fields);
  return event === undefined
    ? { kind: 'REJECTED', reason: 'malformed' }
    : { kind: 'EVENTS', events: [event] };
}

function receiptOf(fields: Fields): GatewayEvent | undefined {
  const { id, ptt = '', date, description = '' } = fields;
  if (id === undefined || id === '') return undefined;
  const described = BY_DESCRIPTION[description];
  return {
    kind: 'receipt',
    identity: `${id} ${ptt} ${description} ${date ?? ''}`,
    gatewayId: id,
    state: BY_PTT[ptt] ?? described ?? 'UNKNOWN_FINAL',
    code: `PTT_${ptt}`,
    ...(date !== undefined && { occurredAt: date }),
    ...(ptt === BAD_NUMBER && { numberIsBad: true }),
  };
}

/** Words of a person are read as such; a number alone is a STOP, since doubt is on the side of silence. */
function spokenOf(fields: Fields): GatewayEvent | undefined {
  const from = firstOf(
    fields,
    NUMBER_NAMES.map((name) => [name, e164Of] as const),
  );
  if (from === undefined) return undefined;
  const text = firstOf(
    fields,
    TEXT_NAMES.map((name) => [name, asWritten] as const),
  );
  const { date, id } = fields;
  const said = {
    identity: `${id ?? ''} ${from} ${date ?? ''} ${text ?? 'stop'}`,
    from,
    ...(date !== undefined && { occurredAt: date }),
  };
  return text === undefined ? { kind: 'stop', ...said } : { kind: 'reply', ...said, text };
}

const asWritten = (value: string): string => value;

const firstOf = (
  fields: Fields,
  names: readonly (readonly [string, (value: string) => string | undefined])[],
): string | undefined =>
  names
    .flatMap(([name, read]) => (fields[name] === undefined ? [] : [read(fields[name])]))
    .find((value) => value !== undefined);
