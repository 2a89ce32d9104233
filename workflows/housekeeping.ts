import type { Ids } from '../activities/index.ts';
import { chunk, queues } from './settings.ts';
import { tenantActivities, commonActivities } from './tenant-activities.ts';

const cleaning = { ...chunk, taskQueue: queues.housekeeping } as const;

const { cleanTenants, cleanInstance } = commonActivities(cleaning);

/** Removes what is past its retention, for one tenant or for all, a few tenants at a time. */
export async function housekeeping({ tenantId, actor = 'system' }: Partial<Ids<'actor'>>): Promise<string> {
  if (tenantId !== undefined) {
    await tenantActivities(tenantId, cleaning).cleanTenant({ tenantId, actor });
    return 'CLEANED';
  }
  await cleanInstance();
  let next = await cleanTenants({});
  while (next.after !== undefined) next = await cleanTenants({ after: next.after });
  return 'CLEANED';
}
