import { z } from 'zod';

/** The kept parts of a receipt. */
export const StoredReceipt = z.object({
  state: z.enum([
    'PENDING',
    'BUFFERED',
    'DELIVERED',
    'UNDELIVERED',
    'EXPIRED',
    'REJECTED',
    'OPTED_OUT',
    'UNKNOWN_FINAL',
  ]),
  gatewayId: z.string().optional(),
  reference: z.string().optional(),
  to: z.string().optional(),
  code: z.string().optional(),
  numberIsBad: z.boolean().optional(),
  part: z.object({ at: z.int(), of: z.int() }).optional(),
});

export type KeptReceipt = z.infer<typeof StoredReceipt>;

/** States of an accepted message; an unknown word proves nothing. */
export const ON_ITS_WAY: ReadonlySet<KeptReceipt['state']> = new Set(['PENDING', 'BUFFERED']);

/** Final states of operators, in the ledger's words; a state on the way changes nothing. */
export const FINAL: Partial<Record<KeptReceipt['state'], 'delivered' | 'undelivered'>> = {
  DELIVERED: 'delivered',
  UNDELIVERED: 'undelivered',
  EXPIRED: 'undelivered',
  REJECTED: 'undelivered',
  OPTED_OUT: 'undelivered',
};
