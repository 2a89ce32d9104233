import { readCampaign, type Campaign } from '../../../campaigns/index.ts';
import { type Transaction, Refusal } from '../../../platform/index.ts';

/** Reads a campaign by id, or refuses; another tenant's does not exist. */
export async function knownCampaign(tx: Transaction, id: string): Promise<Campaign> {
  const campaign = await readCampaign(tx, id);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  return campaign;
}
