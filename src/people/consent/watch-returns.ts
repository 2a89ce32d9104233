import type { Clock, Database, Log } from '../../platform/index.ts';
import { everyTenant } from '../../company/index.ts';
import { MOST_RETURNS_AN_HOUR, recentReturns } from './return-news.repository.ts';

/** Counts the returns of the past hour for the tenant with the most; too many are logged. */
export async function watchReturns(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<number> {
  const { database, clock, log } = deps;
  let most = 0;
  for await (const tenantId of everyTenant((work) => database.outside(work))) {
    const count = await database.withTenant(tenantId, (tx) => recentReturns(tx, clock.machine()));
    if (count > MOST_RETURNS_AN_HOUR)
      log.warn(
        { tenant: tenantId, count },
        'many people agreed anew after a STOP: check the source of these agreements',
      );
    most = Math.max(most, count);
  }
  return most;
}
