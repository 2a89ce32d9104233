import { changeCampaign, campaignView } from '../../../campaigns/index.ts';
import { Refusal } from '../../../platform/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf } from '../../server/caller.ts';
import { campaignDeps } from './campaign-deps.ts';
import { CampaignChange, CampaignBody } from './campaign-schema.ts';
import { audienceMeant } from './notice.ts';
import { ownCampaign } from './own-campaign.ts';
import { route, type Route } from '../../server/route.ts';
import { ById } from '../../server/schema.ts';

/** The route that changes a draft, and the limits of a running campaign. */
export const campaignChangeRoutes = (api: Api): Route[] => [
  route({
    method: 'patch',
    path: '/v1/campaigns/{id}',
    roles: ['admin', 'marketer'],
    summary: 'Changes a draft; once launched: ratePerSecond, budget and expireAt. null takes one away.',
    tag: 'Campaigns',
    params: ById,
    body: CampaignChange,
    reply: CampaignBody,
    run: async ({ tx, caller, language, params: { id }, body }) => {
      await ownCampaign(tx, caller, { id, word: 'change' });
      const deps = await campaignDeps(tx, api);
      const { audience } = body;
      const changes =
        audience === undefined ? body : { ...body, audience: await audienceMeant(tx, deps.keys, audience) };
      await changeCampaign(tx, deps, {
        campaignId: id,
        changes,
        actor: actorOf(caller),
      });
      const view = await campaignView(tx, id, { now: api.clock.now(), language });
      if (view === undefined) throw new Refusal('NOT_FOUND');
      return view;
    },
  }),
];
