import { readCampaign } from '../../../campaigns/index.ts';
import { type Transaction, Refusal } from '../../../platform/index.ts';
import type { Caller } from '../../server/caller.ts';
import { fault } from '../../../words/index.ts';

/** A marketer acts on the campaigns of its own system; an unknown one does not exist for anybody. */
export async function ownCampaign(
  tx: Transaction,
  { role, source }: Caller,
  { id, word }: { readonly id: string; readonly word: string },
): Promise<void> {
  if (role !== 'marketer') return;
  const campaign = await readCampaign(tx, id);
  if (campaign === undefined || campaign.source === source) return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: fault('A marketer may {order} campaigns made by a key of the same source.', { order: word }),
  });
}
