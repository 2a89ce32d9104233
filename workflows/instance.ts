import {
  allHandlersFinished,
  condition,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { Ids } from '../activities/index.ts';
import { again } from './conduct.ts';
import { keepSeal } from './messages.ts';
import { chunk, queues } from './settings.ts';
import { tenantActivities, commonActivities } from './tenant-activities.ts';
import { words } from './words.ts';

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

/** Keeps the seal's second copy in its memo, where no restore of the database reaches; never ends. */
export async function seal(): Promise<never> {
  setHandler(
    keepSeal,
    (copy) => {
      upsertMemo({ seal: copy });
      setCurrentDetails(words().sealKept);
    },
    { description: words().descriptions.keepSeal },
  );
  await condition(() => workflowInfo().continueAsNewSuggested);
  await condition(allHandlersFinished);
  return again<typeof seal>();
}
