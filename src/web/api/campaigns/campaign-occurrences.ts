import { readOccurrences } from '../../../campaigns/index.ts';
import { EVERYBODY } from '../../server/caller.ts';
import { OccurrenceView } from './campaign-schema.ts';
import { knownCampaign } from './known-campaign.ts';
import { route, type Route } from '../../server/route.ts';
import { ById, listOf, PageQuery, pageOf } from '../../server/schema.ts';

/** The routes of a campaign's occurrences. */
export const campaignOccurrenceRoutes = (): Route[] => [
  route({
    method: 'get',
    path: '/v1/campaigns/{id}/occurrences',
    roles: EVERYBODY,
    summary: 'Lists the times of a campaign that comes again: what each became, or why it was passed over.',
    tag: 'Campaigns',
    params: ById,
    query: PageQuery,
    reply: listOf(OccurrenceView),
    run: async ({ tx, params: { id }, query: { limit, after } }) => {
      await knownCampaign(tx, id);
      return pageOf(await readOccurrences(tx, id, { after, limit: limit + 1 }), limit);
    },
  }),
];
