import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import { addApproval } from './approval.repository.ts';
import { mayMove } from './campaign.ts';
import { lockCampaign } from './campaign.repository.ts';
import { campaignWorkflowId, type Obeyed, type OrderDeps, type Ordered } from './order.ts';
import { tellOf } from './telling.repository.ts';

/** Says yes to a draft as it stands: a later change of it needs another yes. */
export async function approveCampaign(
  tx: Transaction,
  { clock }: OrderDeps,
  ordered: Ordered,
): Promise<Obeyed> {
  const { campaignId, actor } = ordered;
  const campaign = await lockCampaign(tx, campaignId);
  if (campaign === undefined) throw new Refusal('NOT_FOUND');
  mayMove('launch', campaign.status);
  const { revision, status } = campaign;
  const at = clock.now().toISO();
  await addApproval(tx, { campaignId, revision, actor }, at);
  const audit = { actor, action: 'campaign.approved', subject: campaignId, details: { revision } };
  await tellOf(tx, { intents: [], audit, at, machineMs: clock.machine() });
  return { id: campaignId, status, workflowId: campaignWorkflowId(campaignId) };
}
