import { Refusal, type Transaction } from '../../platform/index.ts';
import { othersThan, addApproval } from './draft.repository.ts';
import { lockCampaign, type Campaign } from '../campaign.repository.ts';
import { mayMove } from '../campaign.ts';
import { campaignWorkflowId, type Obeyed, type OrderDeps, type Ordered } from '../run/order.ts';
import { tellOf } from '../run/run.repository.ts';

/** Approves the present draft, once for each actor: a later change needs another approval. */
export async function approveCampaign(
  tx: Transaction,
  { clock }: OrderDeps,
  ordered: Ordered,
): Promise<Obeyed> {
  const { campaignId, actor } = ordered;
  const campaign = await lockCampaign(tx, campaignId);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  mayMove('launch', campaign.status);
  if (await isAuthor(tx, campaign, actor)) throw new Refusal('APPROVAL_OWN');
  const { revision, status } = campaign;
  const at = clock.now().toISO();
  const obeyed = { id: campaignId, status, workflowId: campaignWorkflowId(campaignId) };
  if (!(await addApproval(tx, { campaignId, revision, actor }, at))) return obeyed;
  const audit = { actor, action: 'campaign.approved', subject: campaignId, details: { revision } };
  await tellOf(tx, { intents: [], audit, at, machineMs: clock.machine() });
  return obeyed;
}

/** Says whether an actor is the author of a campaign, by whichever key or sign-in. */
export async function isAuthor(
  tx: Transaction,
  { author }: Pick<Campaign, 'author'>,
  actor: string,
): Promise<boolean> {
  return author !== null && (await othersThan(tx, author, [actor])).length === 0;
}
