import { beating, type Ending } from './attempt.ts';
import { answering } from './refusal.ts';

/** The cursor of a round: where the next call goes on; absent at the end. */
export interface Round {
  readonly after?: string;
}

/** One tenant, and the author of the order. */
export interface TenantHouse {
  readonly tenantId: string;
  readonly actor: string;
}

export interface HousekeepingPort {
  cleanTenant(house: TenantHouse): Promise<void>;
  /** Cleans a few tenants after one. */
  cleanTenants(round: Round): Promise<Round>;
  /** Cleans the rows that belong to no tenant. */
  cleanInstance(): Promise<void>;
}

/** Creates the activities of housekeeping; each may be repeated at any time. */
export const createHousekeepingActivities = (houses: HousekeepingPort, ending: Ending) => ({
  cleanTenant: (house: TenantHouse) => answering(() => beating(ending, () => houses.cleanTenant(house))),
  cleanTenants: (round: Round) => answering(() => beating(ending, () => houses.cleanTenants(round))),
  cleanInstance: () => answering(() => beating(ending, () => houses.cleanInstance())),
});
