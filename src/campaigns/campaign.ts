import { Refusal } from '../platform/index.ts';
import type { Territory } from '../law/index.ts';
import { fault } from '../words/index.ts';

/** Where a campaign stands. */
export type CampaignStatus =
  | 'draft'
  | 'scheduled'
  | 'running'
  | 'paused'
  | 'parked'
  | 'cancelled'
  | 'finished';

/** What a campaign keeps of the routes it was made under. */
export interface CampaignRoute {
  /** Whether nobody asked for its account by name: then another one may take its place. */
  readonly routed: boolean;
  /** Where its people's messages take another account, or cost another price, than everywhere else. */
  readonly byTerritory: { readonly [T in Territory]?: TerritoryRoute | undefined };
}

/** The account for the people of one territory, and what a part costs there. */
export interface TerritoryRoute {
  readonly accountId: string;
  readonly price: string | null;
}

/** What may be asked of a campaign, by a person or by its own course. */
export type CampaignOrder = 'launch' | 'start' | 'pause' | 'resume' | 'park' | 'cancel' | 'finish';

/** Every move there is; what is not here is refused. */
const MOVES: Readonly<Record<CampaignOrder, readonly CampaignStatus[]>> = {
  launch: ['draft'],
  start: ['scheduled'],
  pause: ['scheduled', 'running', 'parked'],
  resume: ['paused', 'parked'],
  park: ['scheduled', 'running'],
  cancel: ['draft', 'scheduled', 'running', 'paused', 'parked'],
  finish: ['running', 'paused', 'parked'],
};

/** Whether an order can be obeyed from a status. */
export function canMove(order: CampaignOrder, from: CampaignStatus): boolean {
  return MOVES[order].includes(from);
}

/** Refuses an order that the status does not allow, and says which would. */
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

/** Whether nothing of this campaign will ever leave again. */
export const isOver = (status: CampaignStatus): boolean => status === 'cancelled' || status === 'finished';
