import type { ReceiptTrouble } from '../../sending/index.ts';

/** How a text of several parts is handed over. */
export type LongTexts = 'udh' | 'message-payload' | 'sar';

/** What operators of SMPP differ in. */
export interface Profile {
  readonly longTexts: readonly LongTexts[];
  /** Messages on their way in one session, unless the account says otherwise. */
  readonly window: number;
  /** `err` of a receipt that means a STOP. */
  readonly optedOut: ReadonlySet<string>;
  /** `err` of a receipt that refuses the text or the number, whatever its `stat`. */
  readonly rejected: ReadonlySet<string>;
  /** `err` of a receipt that tells of the account and not of its message. */
  readonly troubles: ReadonlyMap<string, ReceiptTrouble>;
}

/** The profiles by their names. */
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
} as const satisfies Record<string, Profile>;

/** The name of a profile. */
export type ProfileName = keyof typeof PROFILES;
