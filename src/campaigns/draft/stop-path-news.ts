import type { Clock, Database } from '../../platform/index.ts';
import { everyTenant, raiseOfAccounts } from '../../company/index.ts';
import { unprovenPaths } from './stop-path.repository.ts';

const REPEATED_AFTER_HOURS = 24;

/** Notifies each tenant, once a day, of its accounts that carry no advertising until a STOP comes back. */
export async function watchStopPaths({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): Promise<void> {
  for await (const tenantId of everyTenant((work) => database.outside(work)))
    await database.withTenant(tenantId, async (tx) => {
      const news = (await unprovenPaths(tx)).map(({ gateway, never }) => ({
        type: 'gateway.stop-unproven' as const,
        subject: null,
        about: { gateway, code: never ? 'NEVER_PROVEN' : 'SILENT' },
      }));
      await raiseOfAccounts(tx, news, { at: clock.now().toISO(), quietHours: REPEATED_AFTER_HOURS });
    });
}
