import type { GatewayAccount } from '../gateway-account.ts';
import { callReader } from './callback-parser.ts';
import type { Said } from './gateway.ts';
import type { HeardCall } from './heard-call.ts';
import { eventsOf } from './smpp/deliver-sm.ts';
import { fieldsOf } from './smpp/pdu.ts';
import { PROFILES } from './smpp/profile.ts';

/** Reads again what an account told before, by whichever wire. */
export interface KeptReader {
  readonly call: (call: HeardCall) => Said;
  /** `arrival` stands for an id where the operator gave none. */
  readonly pdu: (frame: Buffer, arrival: string) => Said;
}

/** The reader of what is kept of an account. */
export function keptReader(account: GatewayAccount): KeptReader {
  const profile = PROFILES[account.kind === 'smpp' ? account.profile : 'general'];
  return {
    call: callReader(account, '').read,
    pdu: (frame, arrival) => {
      const fields = fieldsOf(frame);
      const events = fields === undefined ? [] : eventsOf(fields, profile, arrival);
      return { events, unread: events.length === 0 ? 1 : 0 };
    },
  };
}
