import { DateTime } from 'luxon';
import type { Database } from '../../platform/index.ts';
import { dueWork } from './due-work.repository.ts';

/** Late rows are being signalled right now; behind so many of them no next moment is given. */
const LOOKS_AMONG = 1_000;

/** Returns the next moment at which a campaign or series acts, as an ISO instant in UTC; undefined while none waits. */
export async function nextDue(database: Database, now: DateTime): Promise<string | undefined> {
  const waiting = await dueWork(database, 'infinity', LOOKS_AMONG);
  const ahead = waiting.map(({ dueAt }) => DateTime.fromSQL(dueAt)).find((at) => at > now);
  return ahead?.toUTC().toISO() ?? undefined;
}
