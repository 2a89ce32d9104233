import { NOTHING } from '../capabilities.ts';
import { bilingual } from '../../words/index.ts';
import { USUAL } from '../doctor/assumption.ts';
import type { OperatorEntry } from '../entry.ts';

const HOUR_MS = 3_600_000;

/** Any operator over SMPP. */
export const smpp: OperatorEntry<'smpp'> = {
  capabilities: {
    ...NOTHING,
    canReceive: true,
    validity: { shortestMs: 1_000, longestMs: 48 * HOUR_MS },
  },
  assumptions: [...USUAL.first, ...USUAL.sent, 'session', ...USUAL.receipts, ...USUAL.reply],
  stopHow: bilingual.doctor.stopHow.senderOrCode,
  // It sends on our own connection.
  read: () => ({ events: [], unread: 1 }),
};
