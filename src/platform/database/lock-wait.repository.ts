import { sql } from 'kysely';
import type { Transaction } from './connection.ts';

/** From here on this transaction gives up on a lock after 200 ms. */
export const waitBriefly = (tx: Transaction): Promise<number> =>
  tx.run(sql`SET LOCAL lock_timeout = '200ms'`);
