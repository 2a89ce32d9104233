import { beating, type StopSignals } from './attempt.ts';
import { answering } from './refusal.ts';

/** The cursor of a round: where the next call goes on; absent at the end. */
export interface Round {
  readonly after?: string;
}

/** One tenant, and the author of the order. */
export interface TenantToClean {
  readonly tenantId: string;
  readonly actor: string;
}

export interface HousekeepingPort {
  cleanTenant(tenant: TenantToClean): Promise<void>;
  /** Cleans a few tenants after one. */
  cleanTenants(round: Round): Promise<Round>;
  /** Cleans the rows that belong to no tenant. */
  cleanInstance(): Promise<void>;
}

/** Creates the activities of housekeeping; each may be repeated at any time. */
export const createHousekeepingActivities = (housekeeping: HousekeepingPort, ending: StopSignals) => ({
  cleanTenant: (tenant: TenantToClean) =>
    answering(() => beating(ending, () => housekeeping.cleanTenant(tenant))),
  cleanTenants: (round: Round) => answering(() => beating(ending, () => housekeeping.cleanTenants(round))),
  cleanInstance: () => answering(() => beating(ending, () => housekeeping.cleanInstance())),
});
