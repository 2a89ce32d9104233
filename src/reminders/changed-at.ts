import { instant, type Clock } from '../clock.ts';
import type { Transaction } from '../database/connection.ts';
import { readClock } from '../database/law-clock.repository.ts';
import { isInDoubt } from '../messages/gate-word.ts';

/**
 * When a booking changed, by the law clock: an ISO instant that is kept, and by which corrections are owed.
 *
 * While this host's clock may be wrong it is the database's, read in the transaction that writes it: every process
 * compares itself with that one, and nothing leaves until they agree.
 */
export async function changedAt(tx: Transaction, clock: Clock): Promise<string> {
  if (!isInDoubt(clock)) return clock.now().toISO();
  const { databaseAt, offsetMs } = await readClock(tx);
  return instant(databaseAt + offsetMs).toISO();
}
