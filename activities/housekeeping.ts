import { beating, type Ending } from './attempt.ts';
import { answering } from './refusal.ts';

/** Where a round goes on; absent at its end. */
export interface Round {
  readonly after?: string;
}

/** One tenant, and on whose word. */
export interface TenantHouse {
  readonly tenantId: string;
  readonly actor: string;
}

/** What keeping the house needs of the domain. */
export interface HousekeepingPort {
  cleanTenant(house: TenantHouse): Promise<void>;
  /** Cleans a few tenants after one. */
  cleanTenants(round: Round): Promise<Round>;
  /** What belongs to no tenant. */
  cleanInstance(): Promise<void>;
}

/** The verbs of housekeeping; each may be repeated at any time. */
export const createHousekeepingActivities = (houses: HousekeepingPort, ending: Ending) => ({
  cleanTenant: (house: TenantHouse) => answering(() => beating(ending, () => houses.cleanTenant(house))),
  cleanTenants: (round: Round) => answering(() => beating(ending, () => houses.cleanTenants(round))),
  cleanInstance: () => answering(() => beating(ending, () => houses.cleanInstance())),
});
