import { queues, retry, timeOuts } from './settings.ts';
import { tenantActivities, commonActivities } from './tenant-activities.ts';

const cleaning = {
  taskQueue: queues.housekeeping,
  startToCloseTimeout: timeOuts.chunkMs,
  heartbeatTimeout: timeOuts.heartbeatTimeoutMs,
  retry,
} as const;

const { cleanTenants, cleanInstance } = commonActivities(cleaning);

/** The tenant to clean; every tenant when absent. */
interface HousekeepingRequest {
  readonly tenantId?: string;
  readonly actor?: string;
}

/** Removes what is past its retention, for one tenant or for all, a few tenants at a time. */
export async function housekeeping({ tenantId, actor = 'system' }: HousekeepingRequest): Promise<string> {
  if (tenantId !== undefined) {
    await tenantActivities(tenantId, cleaning).cleanTenant({ tenantId, actor });
    return 'CLEANED';
  }
  await cleanInstance();
  let next = await cleanTenants({});
  while (next.after !== undefined) next = await cleanTenants({ after: next.after });
  return 'CLEANED';
}
