import { readCampaign, type Campaign, type CreationDeps } from '../../../campaigns/index.ts';
import { Refusal, uuidV7, type Transaction } from '../../../platform/index.ts';
import type { Caller } from '../../server/caller.ts';
import { fault } from '../../../words/index.ts';
import type { Api } from '../../server/api.ts';
import { accountTerms } from '../../../gateways/index.ts';

/** Reads a campaign by id, or refuses; another tenant's does not exist. */
export async function knownCampaign(tx: Transaction, id: string): Promise<Campaign> {
  const campaign = await readCampaign(tx, id);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  return campaign;
}

/** Says whether the caller may act on a campaign of this system: a marketer acts on those of its own alone. */
export const isOfOwnSource = ({ role, source }: Caller, campaign: Pick<Campaign, 'source'>): boolean =>
  role !== 'marketer' || source === campaign.source;

/** Refuses a marketer the campaign of another system; an unknown one does not exist for anybody. */
export async function ownCampaign(
  tx: Transaction,
  caller: Caller,
  { id, word }: { readonly id: string; readonly word: string },
): Promise<void> {
  if (caller.role !== 'marketer') return;
  const campaign = await readCampaign(tx, id);
  if (campaign === undefined || isOfOwnSource(caller, campaign)) return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: fault('A marketer may {order} campaigns made by a key of the same source.', { order: word }),
  });
}

/** Collects the dependencies of creating and changing campaigns, for the tenant of the transaction. */
export async function campaignDeps(
  tx: Transaction,
  { vault, clock, gateways, optOut }: Api,
): Promise<CreationDeps> {
  return {
    keys: await vault.tenant(tx),
    clock,
    newId: () => uuidV7(clock.machine()),
    terms: accountTerms(gateways, optOut.base),
  };
}
