import type { HousekeepingPort } from '../../../activities/housekeeping.ts';
import { instant, type Transaction } from '../../platform/index.ts';
import { cleanTenant, type RetentionDeps } from '../../people/index.ts';
import { noteCleaned, dropMonths, forgetInbound, forgetReceipts } from '../../sending/index.ts';
import { forgetTrialCalls } from '../../gateways/index.ts';
import { Duration } from 'luxon';
import { LOG_KEPT, TEXT_KEPT, frenchDay } from '../../law/index.ts';
import { tenantsAfter } from '../../company/index.ts';

/** Tenants that one activity cleans. */
const TENANTS_AT_ONCE = 10;
const MOST_PAGES = 200;

/** The housekeeping of a worker: every tenant, then what belongs to none. */
export const housekeepingPort = (deps: RetentionDeps): HousekeepingPort => ({
  cleanTenant: (house) => cleanTenant(deps, house),
  cleanTenants: async ({ after }) => {
    const tenants = await deps.database.outside((tx) => tenantsAfter(tx, { after, most: TENANTS_AT_ONCE }));
    for (const tenantId of tenants) await cleanTenant(deps, { tenantId, actor: 'system' });
    const last = tenants.at(-1);
    if (last !== undefined && tenants.length === TENANTS_AT_ONCE) return { after: last };
    await deps.database.outside((tx) => noteCleaned(tx, instant(deps.clock.machine()).toISO()));
    return {};
  },
  cleanInstance: () => cleanInstance(deps),
});

async function cleanInstance({ database, clock }: RetentionDeps): Promise<void> {
  const inbox = Duration.fromISO(TEXT_KEPT.on(frenchDay(clock.now())));
  const machine = instant(clock.machine());
  const outside = (work: (tx: Transaction) => Promise<number>) => paged(() => database.outside(work));
  await database.outside((tx) => forgetTrialCalls(tx, machine.toISO()));
  await outside((tx) => forgetReceipts(tx, machine.minus(inbox).toISO()));
  await outside((tx) => forgetInbound(tx, clock.now().minus(inbox).toISO()));
  const keptSince = clock
    .now()
    .minus(Duration.fromISO(LOG_KEPT.on(frenchDay(clock.now()))))
    .toISO();
  await database.outside((tx) => dropMonths(tx, { machine: machine.toISO(), keptSince }));
}

async function paged(work: () => Promise<number>): Promise<void> {
  for (let pages = 0; pages < MOST_PAGES; pages += 1) if ((await work()) === 0) return;
}
