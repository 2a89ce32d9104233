import { Refusal } from '../platform/index.ts';
import type { Territory } from '../law/index.ts';
import { fault } from '../words/index.ts';

/** The statuses of a campaign. */
export type CampaignStatus =
  | 'draft'
  | 'scheduled'
  | 'running'
  | 'paused'
  | 'parked'
  | 'cancelled'
  | 'finished';

/** The routes under which a campaign was made. */
export interface CampaignRoute {
  /** True when its account was chosen by a route and not by name: then another may replace it. */
  readonly routed: boolean;
  /** The territories whose messages use another account, or have another price, than the others. */
  readonly byTerritory: { readonly [T in Territory]?: TerritoryRoute | undefined };
}

/** The account for the people of one territory, with its price for a part. */
export interface TerritoryRoute {
  readonly accountId: string;
  readonly price: string | null;
}

/** The orders to a campaign, by a person or by its own course. */
export type CampaignOrder = 'launch' | 'start' | 'pause' | 'resume' | 'park' | 'cancel' | 'finish';

/** All transitions; any other is refused. */
const MOVES: Readonly<Record<CampaignOrder, readonly CampaignStatus[]>> = {
  launch: ['draft'],
  start: ['scheduled'],
  pause: ['scheduled', 'running', 'parked'],
  resume: ['paused', 'parked'],
  park: ['scheduled', 'running'],
  cancel: ['draft', 'scheduled', 'running', 'paused', 'parked'],
  finish: ['running', 'paused', 'parked'],
};

/** Says whether an order is possible from a status. */
export function canMove(order: CampaignOrder, from: CampaignStatus): boolean {
  return MOVES[order].includes(from);
}

/** Refuses an order that the status does not allow, and names the statuses that would. */
export function mayMove(order: CampaignOrder, from: CampaignStatus): void {
  if (canMove(order, from)) return;
  throw new Refusal('CAMPAIGN_CANNOT_MOVE', {
    detail: fault('A campaign that is {status} cannot {order}; one that is {allowed} can.', {
      status: from,
      order,
      allowed: MOVES[order].join(', '),
    }),
    from,
  });
}

/** Says whether this campaign will never send again. */
export const isOver = (status: CampaignStatus): boolean => status === 'cancelled' || status === 'finished';

/** The id of a campaign, with its tenant. */
export interface CampaignKey {
  readonly tenantId: string;
  readonly campaignId: string;
}
