import type { Clock, Database, Log } from '../../platform/index.ts';
import { everyTenant } from '../../company/index.ts';
import { MOST_RETURNS_AN_HOUR, returnsLately } from './return-news.repository.ts';

/** How many people came back within the hour where there were most; too many are told in the log. */
export async function watchReturns(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<number> {
  const { database, clock, log } = deps;
  let most = 0;
  for await (const tenantId of everyTenant((work) => database.outside(work))) {
    const count = await database.withTenant(tenantId, (tx) => returnsLately(tx, clock.machine()));
    if (count > MOST_RETURNS_AN_HOUR)
      log.warn({ tenant: tenantId, count }, 'many people came back after a STOP: look at who says so');
    most = Math.max(most, count);
  }
  return most;
}
