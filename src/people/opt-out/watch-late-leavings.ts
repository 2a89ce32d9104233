import type { Clock, Database, Log } from '../../platform/index.ts';
import { everyTenant } from '../../company/index.ts';
import { lateOptOutsSince } from './late-leaving.repository.ts';

/** Counts the opt-outs of the last day that were recorded too late, in all tenants; those of each tenant are logged. */
export async function watchLateOptOuts(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<number> {
  const { database, clock, log } = deps;
  const since = clock.now().minus({ days: 1 }).toISO();
  let all = 0;
  for await (const tenantId of everyTenant((work) => database.outside(work))) {
    const count = await database.withTenant(tenantId, (tx) => lateOptOutsSince(tx, since));
    if (count > 0)
      log.warn({ tenant: tenantId, count }, 'opt-outs were recorded too late: record each at once');
    all += count;
  }
  return all;
}
