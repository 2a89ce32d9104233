import { readCampaign, type Campaign } from '../../../campaigns/index.ts';
import { type Transaction, Refusal } from '../../../platform/index.ts';

/** The campaign of that id, or a refusal; another tenant's is not there. */
export async function knownCampaign(tx: Transaction, id: string): Promise<Campaign> {
  const campaign = await readCampaign(tx, id);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  return campaign;
}
