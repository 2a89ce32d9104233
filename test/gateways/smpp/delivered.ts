import { PDU } from 'smpp';
import type { DeliveryFormat } from '../../../src/gateways/smpp/deliver-sm.ts';
import { deliveryOf, type Delivery, headOf } from '../../../src/gateways/smpp/pdu.ts';
import { PROFILES } from '../../../src/gateways/smpp/smpp-operator.ts';

/** The delivery format of an account with default settings. */
export const EARS: DeliveryFormat = { profile: PROFILES.general, alphabet: 'gsm-7', messageIds: 'as-is' };

/** As it comes over the wire, with further fields at its end. */
export function delivered(fields: object, extra: readonly Buffer[] = []): Delivery {
  const written = new PDU('deliver_sm', {
    source_addr_ton: 1,
    source_addr: '33639980001',
    destination_addr: '36180',
    ...fields,
  }).toBuffer();
  const frame = Buffer.concat([written, ...extra]);
  frame.writeUInt32BE(frame.length, 0);
  const delivery = deliveryOf(headOf(frame), frame);
  if (delivery === undefined) throw new Error('cannot be read');
  return delivery;
}
