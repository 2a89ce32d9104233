import { proxyActivities, type ActivityInterfaceFor, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

type TenantActivityName = {
  [Name in keyof Activities]: Parameters<Activities[Name]> extends readonly [{ readonly tenantId: string }]
    ? Name
    : never;
}[keyof Activities];

type TenantActivities = Pick<Activities, TenantActivityName>;

/**
 * Returns the activities of one tenant: where many wait in a queue, tenants take turns. `priorityKey` goes from 1, the
 * most urgent, to 5; it is 3 when absent.
 */
export function tenantActivities(
  tenantId: string,
  {
    priorityKey,
    ...options
  }: Omit<ActivityOptions, 'priority'> & { readonly priorityKey?: 1 | 2 | 3 | 4 | 5 },
): ActivityInterfaceFor<TenantActivities> {
  const urgency = priorityKey === undefined ? {} : { priorityKey };
  return proxyActivities<TenantActivities>({ ...options, priority: { ...urgency, fairnessKey: tenantId } });
}

/** Returns the activities that work for every tenant or for none. */
export const commonActivities = (options: ActivityOptions) =>
  proxyActivities<Omit<Activities, TenantActivityName>>(options);
