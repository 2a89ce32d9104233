import { sql } from 'kysely';
import type { Transaction } from './connection.ts';

/** Limits this transaction's waits for locks to 200 ms from here on. */
export const waitBriefly = (tx: Transaction): Promise<number> =>
  tx.run(sql`SET LOCAL lock_timeout = '200ms'`);
