import { z } from 'zod';
import {
  readCampaigns,
  createCampaign,
  keepRecurrence,
  listMessages,
  campaignCost,
  costInView,
  viewOf,
} from '../../../campaigns/index.ts';
import { recordAudit } from '../../../company/index.ts';
import { messageKey } from '../../../sending/index.ts';
import { Answer } from '../../server/answer.ts';
import type { Api } from '../../server/api.ts';
import { approvalFor, CampaignAlone } from './approvals.ts';
import { campaignDeps } from './campaign-deps.ts';
import { CampaignBody, ListedMessageShown, MessageState, NewCampaignBody } from './campaign-schema.ts';
import { actorOf, EVERYBODY } from '../../server/caller.ts';
import { CampaignCostShown } from '../messages/costs.ts';
import { knownCampaign } from './known-campaign.ts';
import { moment } from '../../server/moment.ts';
import { audienceMeant, refuseOpening } from './notice.ts';
import { route, type Route } from '../../server/route.ts';
import { ById, listOf, PageQuery, pageOf } from '../../server/schema.ts';

/** The routes of campaigns and their messages. */
export const campaignRoutes = (api: Api): Route[] => [
  creation(api),
  list(api),
  one(api),
  cost(),
  messages(api),
];

const creation = (api: Api): Route =>
  route({
    method: 'post',
    path: '/v1/campaigns',
    roles: ['admin', 'marketer'],
    summary: 'Makes a draft; nothing of it leaves before it is launched.',
    tag: 'Campaigns',
    body: NewCampaignBody,
    reply: z.object({ id: z.string(), status: z.literal('draft') }),
    status: 201,
    run: async ({ tx, caller, body }) => {
      refuseOpening(caller, body.outsideWindow);
      const deps = await campaignDeps(tx, api);
      const audience = await audienceMeant(tx, deps.keys, body.audience);
      const made = await createCampaign(tx, deps, {
        ...body,
        audience,
        by: caller.source,
        author: actorOf(caller),
      });
      const { outsideWindow, recurrence } = body;
      if (recurrence !== undefined) await keepRecurrence(tx, made.id, { ...body, recurrence });
      const details = outsideWindow === undefined ? {} : { outsideWindow: outsideWindow.reason };
      const entry = { actor: actorOf(caller), action: 'campaign.created', subject: made.id, details };
      await recordAudit(tx, entry, moment(api.clock));
      return new Answer(201, made, { Location: `/v1/campaigns/${made.id}` });
    },
  });

const list = ({ clock }: Api): Route =>
  route({
    method: 'get',
    path: '/v1/campaigns',
    roles: EVERYBODY,
    summary: 'Lists campaigns, oldest first.',
    tag: 'Campaigns',
    query: PageQuery,
    reply: listOf(CampaignBody),
    run: async ({ tx, language, query: { limit, after } }) => {
      const page = pageOf(await readCampaigns(tx, { limit: limit + 1, after }), limit);
      const items = await Promise.all(
        page.items.map((campaign) => viewOf(tx, campaign, { now: clock.now(), language })),
      );
      return { items, next: page.next };
    },
  });

const one = (api: Api): Route =>
  route({
    method: 'get',
    path: '/v1/campaigns/{id}',
    roles: EVERYBODY,
    summary:
      'Shows a campaign: its accounts, what it waits for, what comes next, what it cost, who approved it.',
    tag: 'Campaigns',
    params: ById,
    reply: CampaignAlone,
    run: async ({ tx, caller, language, params: { id } }) => {
      const campaign = await knownCampaign(tx, id);
      const view = await viewOf(tx, campaign, { now: api.clock.now(), language });
      const approval = await approvalFor(tx, api, { campaign, caller });
      return { ...view, approval, cost: await costInView(tx, campaign) };
    },
  });

const cost = (): Route =>
  route({
    method: 'get',
    path: '/v1/campaigns/{id}/cost',
    roles: EVERYBODY,
    summary:
      'Counts what it cost so far beside what its rehearsal said, message by message: some 20 s for a million.',
    tag: 'Campaigns',
    params: ById,
    reply: CampaignCostShown,
    run: async ({ tx, params: { id } }) => campaignCost(tx, await knownCampaign(tx, id)),
  });

/** The id of the last message seen. */
const MessageName = z.string().refine((name) => messageKey(name) !== undefined, 'the id of a message');

const messages = ({ vault }: Api): Route =>
  route({
    method: 'get',
    path: '/v1/campaigns/{id}/messages',
    roles: EVERYBODY,
    summary: 'Lists its messages, numbers masked.',
    tag: 'Campaigns',
    params: ById,
    query: PageQuery.extend({
      after: MessageName.optional(),
      state: MessageState.optional(),
      reason: z
        .string()
        .regex(/^\w{1,60}$/)
        .optional(),
    }),
    reply: z.object({ items: z.array(ListedMessageShown).readonly(), next: z.string().nullable() }),
    run: async ({ tx, params: { id }, query }) => {
      await knownCampaign(tx, id);
      return listMessages(tx, await vault.tenant(tx), { campaignId: id, ...query });
    },
  });
