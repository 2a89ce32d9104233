import { proxyActivities, type ActivityInterfaceFor, type ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

type TenantActivityName = {
  [Name in keyof Activities]: Parameters<Activities[Name]> extends readonly [{ readonly tenantId: string }]
    ? Name
    : never;
}[keyof Activities];

/** The activities that work for one tenant. */
type TenantActivities = Pick<Activities, TenantActivityName>;

/** The others, which work for every tenant or for none. */
type CommonActivities = Omit<Activities, TenantActivityName>;

/** Options of a tenant's activities; the share of its tenant is added. */
interface TenantActivityOptions extends Omit<ActivityOptions, 'priority'> {
  /** 1 is the most urgent, 5 the least, 3 without one. */
  readonly priorityKey?: 1 | 2 | 3 | 4 | 5;
}

/** Returns the activities of one tenant: where many wait in a queue, tenants take turns. */
export function tenantActivities(
  tenantId: string,
  { priorityKey, ...options }: TenantActivityOptions,
): ActivityInterfaceFor<TenantActivities> {
  const urgency = priorityKey === undefined ? {} : { priorityKey };
  return proxyActivities<TenantActivities>({ ...options, priority: { ...urgency, fairnessKey: tenantId } });
}

/** Returns the activities that are of no one tenant. */
export const commonActivities = (options: ActivityOptions): ActivityInterfaceFor<CommonActivities> =>
  proxyActivities<CommonActivities>(options);
