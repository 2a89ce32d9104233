import { beating } from './attempt.ts';
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
export const createHousekeepingActivities = (houses: HousekeepingPort, stopping: AbortSignal) => ({
  cleanTenant: (house: TenantHouse) => answering(() => beating(stopping, () => houses.cleanTenant(house))),
  cleanTenants: (round: Round) => answering(() => beating(stopping, () => houses.cleanTenants(round))),
  cleanInstance: () => answering(() => beating(stopping, () => houses.cleanInstance())),
});
