import { z } from 'zod';
import { tryCampaign } from '../../../campaigns/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf } from '../../server/caller.ts';
import { campaignDeps } from './campaign-deps.ts';
import { Phone } from '../people/contact-schema.ts';
import { ownCampaign } from './own-campaign.ts';
import { route, type Route } from '../../server/route.ts';
import { ById } from '../../server/schema.ts';

/** The route that tries a campaign on a few people. */
export const campaignTestRoutes = (api: Api): Route[] => [
  route({
    method: 'post',
    path: '/v1/campaigns/{id}/test',
    roles: ['admin', 'marketer'],
    summary:
      'Sends it to a few contacts as it would leave, in their hours, for a day at most; whom it may not be sent to is `refused`; counted in none of its accounts.',
    tag: 'Campaigns',
    params: ById,
    body: z.strictObject({ phones: z.array(Phone).min(1).max(20) }),
    reply: z.object({
      id: z.string().nullable(),
      messages: z.array(z.object({ id: z.string(), to: z.string() })).readonly(),
      refused: z.array(z.object({ to: z.string(), reason: z.string() })).readonly(),
    }),
    status: 202,
    run: async ({ tx, caller, params: { id }, body }) => {
      await ownCampaign(tx, caller, { id, word: 'try' });
      const asked = { campaignId: id, phones: body.phones, actor: actorOf(caller) };
      return tryCampaign(tx, await campaignDeps(tx, api), asked);
    },
  }),
];
