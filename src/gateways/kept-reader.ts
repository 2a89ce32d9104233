import type { GatewayAccount } from '../platform/index.ts';
import { callReader } from './callback-parser.ts';
import type { CallContents, OperatorCall } from '../sending/index.ts';
import { deliveryEventsOf, type Ears } from './smpp/deliver-sm.ts';
import { deliveryOf } from './smpp/delivery.ts';
import { headOf } from './smpp/pdu.ts';
import { PROFILES } from './smpp/profile.ts';

/** Rereads an account's earlier calls, by whichever protocol. */
export interface KeptReader {
  readonly call: (call: OperatorCall) => CallContents;
  /** `arrival` replaces an id where the operator gave none. */
  readonly pdu: (frame: Buffer, arrival: string) => CallContents;
}

/** Returns the reader of an account's kept calls. */
export function keptReader(account: GatewayAccount): KeptReader {
  const ears = earsOf(account);
  return {
    call: callReader(account, '').read,
    pdu: (frame, arrival) => {
      const delivery = deliveryOf(headOf(frame), frame);
      const events = delivery === undefined ? [] : deliveryEventsOf(delivery, ears, arrival);
      return { events, unread: events.length === 0 ? 1 : 0 };
    },
  };
}

/** An account that has left SMPP meanwhile is read with the common defaults. */
function earsOf(account: GatewayAccount): Ears {
  if (account.kind !== 'smpp') return { profile: PROFILES.general, alphabet: 'gsm-7', messageIds: 'as-is' };
  const { profile, alphabet, messageIds } = account;
  return { profile: PROFILES[profile], alphabet, messageIds };
}
