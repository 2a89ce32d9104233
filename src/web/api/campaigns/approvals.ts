import { z } from 'zod';
import {
  awaitingApproval,
  approvalView,
  approveCampaign,
  type ApprovalView,
  COUNTED_IN_VIEW,
  type Campaign,
} from '../../../campaigns/index.ts';
import { type Transaction, APPROVING_CAMPAIGNS } from '../../../platform/index.ts';
import { type Api, EmptyBody, route, type Route } from '../../server/route.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import { CostInView } from '../messages/figures.ts';
import { campaignDeps, isOfOwnSource, ownCampaign, CampaignBody, CampaignMoved } from './campaign.ts';
import { ById, MoneyField } from '../../server/schema.ts';
import { ApprovalThresholds } from '../company/tenant-schema.ts';

const Named = z.object({
  by: z.string().meta({ description: 'As the audit names them.' }),
  byName: z.string().nullable().meta({ description: 'The name of their key.' }),
});

const Weighed = {
  recipients: z
    .int()
    .nullable()
    .meta({ description: 'Whom the draft could write to now; null once it was launched.' }),
  cost: MoneyField.nullable().meta({
    description: 'The most it could cost, where the threshold names a cost.',
  }),
  threshold: ApprovalThresholds,
  author: Named.nullable().meta({ description: 'Who wrote it; they cannot approve it.' }),
};

/** A second person's approval of a campaign. */
const ApprovalShown = z
  .object({
    needed: z.boolean().meta({ description: 'Whether the draft passes the threshold.' }),
    ...Weighed,
    approvedBy: z
      .array(Named.extend({ at: z.string() }))
      .readonly()
      .meta({ description: 'Each yes to the draft as it stands, or as it was launched.' }),
    mayApprove: z.boolean().meta({ description: 'Whether a yes of the caller would count.' }),
    mayLaunch: z
      .boolean()
      .meta({ description: 'Whether a launch by the caller has the approval that it needs.' }),
  })
  .meta({ id: 'CampaignApproval' });

/** A campaign read by itself. */
export const CampaignAlone = CampaignBody.extend({
  approval: ApprovalShown.nullable().meta({
    description: 'null where the tenant asks for nobody, and nobody approved it.',
  }),
  cost: CostInView.nullable().meta({
    description: `Foreseen, reserved, spent and refunded, its trials aside; null while more than ${COUNTED_IN_VIEW} messages would have to be counted for it: \`GET /v1/campaigns/{id}/cost\` counts any number, by account and territory too.`,
  }),
}).meta({ id: 'CampaignAlone' });

/** Drafts that wait for the caller's approval. */
export const Approvals = z.object({
  items: z.array(z.object({ campaignId: z.string(), name: z.string(), ...Weighed })).readonly(),
});

/** The route by which a second person says yes to a draft. */
export const approvingRoutes = (api: Api): Route[] => [
  route({
    method: 'post',
    path: '/v1/campaigns/{id}/approval',
    roles: APPROVING_CAMPAIGNS,
    summary: 'Says yes to the draft as it stands, where the tenant asks for a second person.',
    tag: 'Campaigns',
    params: ById,
    body: EmptyBody,
    reply: CampaignMoved,
    status: 200,
    run: async ({ tx, caller, params: { id } }) => {
      await ownCampaign(tx, caller, { id, word: 'approve' });
      return approveCampaign(tx, await campaignDeps(tx, api), { campaignId: id, actor: actorOf(caller) });
    },
  }),
];

/** The route that lists drafts that wait for a second person. */
export const approvalRoutes = (api: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/approvals',
    roles: APPROVING_CAMPAIGNS,
    summary: 'Lists drafts, of the newest 50, that wait for your approval by their last rehearsal.',
    tag: 'Campaigns',
    reply: Approvals,
    run: async ({ tx, caller }) => {
      const items = await awaitingApproval(tx, await campaignDeps(tx, api), actorOf(caller));
      return { items: items.filter((draft) => mayOrder(caller, draft)) };
    },
  }),
];

/** Describes the approval a campaign needs, as the caller reads it. */
export async function approvalFor(
  tx: Transaction,
  api: Api,
  { campaign, caller }: { readonly campaign: Campaign; readonly caller: Caller },
): Promise<ApprovalView | null> {
  const view = await approvalView(tx, await campaignDeps(tx, api), { campaign, actor: actorOf(caller) });
  const may = mayOrder(caller, campaign);
  return view && { ...view, mayApprove: may && view.mayApprove, mayLaunch: may && view.mayLaunch };
}

/** Says whether the caller orders campaigns, and this one. */
const mayOrder = (caller: Caller, campaign: Pick<Campaign, 'source'>): boolean =>
  APPROVING_CAMPAIGNS.includes(caller.role) && isOfOwnSource(caller, campaign);
