import { NOTHING, assuming, type OperatorEntry } from '../entry.ts';
import { bilingual } from '../../words/index.ts';
import type { ReceiptTrouble } from '../../sending/index.ts';

const HOUR_MS = 3_600_000;

export const smpp: OperatorEntry<'smpp'> = {
  capabilities: {
    ...NOTHING,
    canReceive: true,
    validity: { shortestMs: 1_000, longestMs: 48 * HOUR_MS },
  },
  assumptions: assuming('session'),
  stopHow: bilingual.doctor.stopHow.senderOrCode,
  // It sends on our own connection.
  read: () => ({ events: [], unread: 1 }),
};

export type LongTexts = 'udh' | 'message-payload' | 'sar';

/** The differences among operators of SMPP. */
export interface SmppProfile {
  readonly longTexts: readonly LongTexts[];
  /** Maximum number of unanswered messages in one session, unless the account sets another. */
  readonly window: number;
  /** `err` of a receipt that means a STOP. */
  readonly optedOut: ReadonlySet<string>;
  /** `err` of a receipt that refuses the text or the number, whatever its `stat`. */
  readonly rejected: ReadonlySet<string>;
  /** `err` of a receipt about the account and not its message. */
  readonly troubles: ReadonlyMap<string, ReceiptTrouble>;
}

export const PROFILES = {
  ovh: {
    longTexts: ['udh'],
    window: 10,
    optedOut: new Set(['53']),
    rejected: new Set(['52', '54', '100', '101', '102', '103']),
    troubles: new Map<string, ReceiptTrouble>([
      ['10', 'CREDIT'],
      ['55', 'THROTTLED'],
    ]),
  },
  general: {
    longTexts: ['udh', 'message-payload', 'sar'],
    window: 10,
    optedOut: new Set(),
    rejected: new Set(),
    troubles: new Map(),
  },
} as const satisfies Record<string, SmppProfile>;
