import { PDU } from 'smpp';
import { deliveryEventsOf, partOf, type DeliveryFormat } from '../../../src/gateways/smpp/deliver-sm.ts';
import { deliveryOf, headOf } from '../../../src/gateways/smpp/pdu.ts';
import { PROFILES } from '../../../src/gateways/smpp/smpp-operator.ts';

/** Numbers in [0, 1). */
export type Random = () => number;
/** One of several. */
export const pick = <T>(random: Random, from: readonly T[]): T =>
  from[Math.floor(random() * from.length)] as T;

const RECEIPT =
  'id:7 sub:001 dlvrd:001 submit date:2601120900 done date:2601120901 stat:DELIVRD err:000 text:a';
const VALID = [
  new PDU('deliver_sm', { esm_class: 4, source_addr: '33639980001', short_message: Buffer.from(RECEIPT) }),
  new PDU('deliver_sm', {
    source_addr_ton: 1,
    source_addr: '33639980001',
    destination_addr: '36180',
    data_coding: 8,
    short_message: Buffer.from('STOP', 'utf16le').swap16(),
  }),
  new PDU('deliver_sm', {
    esm_class: 0x40,
    source_addr: '33639980001',
    short_message: Buffer.from('050003070201', 'hex'),
    message_payload: Buffer.alloc(300, 65),
    receipted_message_id: 'ab',
    network_error_code: Buffer.from([3, 0, 1]),
  }),
  new PDU('submit_sm_resp', { message_id: 'ab', sequence_number: 77 }),
  new PDU('data_sm', { source_addr: '33639980001', message_payload: 'STOP' }),
  new PDU('enquire_link', {}),
  new PDU('enquire_link_resp', {}),
  new PDU('generic_nack', { command_status: 3 }),
  new PDU('query_sm', { message_id: 'x', source_addr: '1' }),
  new PDU('alert_notification', { source_addr: '1', esme_addr: '2' }),
].map((pdu) => pdu.toBuffer());

const COMMANDS = [0x05, 0x80000004, 0x103, 0x15, 0x80000015, 0x80000009, 0x102, 0x99, 0xffffffff, 0x80000000];

/** One PDU with something wrong in it; its length is right, so that the next one is found. */
export function malformed(random: Random): Buffer {
  let bytes: Buffer = Buffer.from(pick(random, VALID));
  const wrongs = 1 + Math.floor(random() * 4);
  for (let wrong = 0; wrong < wrongs; wrong += 1) bytes = pick(random, WRONGS)(bytes, random);
  bytes.writeUInt32BE(bytes.length, 0);
  // It lets nobody go: that is tried apart.
  if ((bytes.readUInt32BE(4) & 0x7fffffff) === 6) bytes.writeUInt32BE(0x15, 4);
  return bytes;
}

const WRONGS: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => bytes.subarray(0, 16 + Math.floor(random() * (bytes.length - 15))),
  (bytes, random) =>
    Buffer.concat([
      bytes,
      Buffer.from(Array.from({ length: Math.floor(random() * 40) }, () => random() * 256)),
    ]),
  (bytes, random) => {
    const at = 16 + Math.floor(random() * Math.max(1, bytes.length - 16));
    if (at < bytes.length) bytes[at] = Math.floor(random() * 256);
    return bytes;
  },
  (bytes) =>
    Buffer.concat([bytes.subarray(0, 16), bytes.subarray(16).map((byte) => (byte === 0 ? 65 : byte))]),
  (bytes, random) => {
    bytes.writeUInt32BE(pick(random, COMMANDS), 4);
    return bytes;
  },
  (bytes, random) => {
    bytes.writeUInt32BE(pick(random, [0, 1, 0x7fffffff, 0xffffffff]), 12);
    return bytes;
  },
  (bytes, random) => Buffer.concat([bytes, Buffer.from([0x04, 0x24, 0xff, Math.floor(random() * 256)])]),
  (bytes) => Buffer.concat([bytes, Buffer.from([0x00, 0x1e, 0x00, 0x00, 0x04, 0x27, 0x00, 0x00])]),
];

const STOPS: readonly (readonly [coding: number, octets: Buffer])[] = [
  [0, Buffer.from('STOP')],
  [0, Buffer.from('ARRÊT', 'latin1')],
  [3, Buffer.from('désabonnement', 'latin1')],
  [0, Buffer.from('désabonnement')],
  [8, Buffer.from('Arrêt svp', 'utf16le').swap16()],
];
const ESM_CLASSES = [0, 0x03, 0x08, 0x10, 0x18, 0x80];

/** A whole STOP in which anything may be wrong but its sender, its words and their encoding. */
export function aStopWithFaults(random: Random): { readonly frame: Buffer; readonly ears: DeliveryFormat } {
  const [coding, octets] = pick(random, STOPS);
  const octet = (): number => Math.floor(random() * 256);
  const text = (longest: number): Buffer =>
    Buffer.from([
      ...Array.from({ length: Math.floor(random() * longest) }, () => 1 + Math.floor(random() * 255)),
      0,
    ]);
  const frame = Buffer.concat([
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 5, octet(), octet(), octet(), octet(), 0, 0, 0, 1]),
    text(6),
    Buffer.from([1, octet()]),
    Buffer.from('33639980001\0'),
    Buffer.from([octet(), octet()]),
    text(21),
    Buffer.from([pick(random, ESM_CLASSES), octet(), octet()]),
    text(17),
    text(17),
    Buffer.from([octet(), octet(), coding, octet(), octets.length]),
    octets,
    Buffer.from(Array.from({ length: Math.floor(random() * 30) }, octet)),
  ]);
  frame.writeUInt32BE(frame.length, 0);
  return { frame, ears: earsAtRandom(random) };
}

const earsAtRandom = (random: Random): DeliveryFormat => ({
  profile: pick(random, [PROFILES.ovh, PROFILES.general]),
  alphabet: pick(random, ['gsm-7', 'latin-1', 'utf-8'] as const),
  messageIds: pick(random, ['as-is', 'hex-then-decimal', 'decimal-then-hex'] as const),
});

/** Bytes after which no PDU can be found. */
export const LOST: readonly Buffer[] = [
  Buffer.from([0, 0, 0, 0, 0, 0, 0, 5]),
  Buffer.from([0, 0, 0, 15, 0, 0, 0, 5]),
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 5]),
  Buffer.from([0, 0, 0x40, 0x01, 0, 0, 0, 5]),
  Buffer.from('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n'),
];

/** Says whether a delivery could be read, by the same steps as a real one. */
export function readAsWeDo(frame: Buffer, random: Random): boolean {
  const delivery = deliveryOf(headOf(frame), frame);
  if (delivery === undefined) return false;
  const ears = earsAtRandom(random);
  partOf(delivery, ears);
  return deliveryEventsOf(delivery, ears, 'arrival').length > 0;
}
