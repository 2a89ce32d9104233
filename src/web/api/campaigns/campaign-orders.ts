import { z } from 'zod';
import {
  type ThresholdDeps,
  approveCampaign,
  cancelCampaign,
  launchCampaign,
  pauseCampaign,
  resumeCampaign,
  type Obeyed,
  type OrderDeps,
  type Ordered,
} from '../../../campaigns/index.ts';
import type { Transaction } from '../../../platform/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf, type Role } from '../../server/caller.ts';
import { CampaignMoved } from './campaign-schema.ts';
import { campaignDeps } from './campaign-deps.ts';
import { ownCampaign } from './own-campaign.ts';
import { EmptyBody, route, type Route } from '../../server/route.ts';
import { ById } from '../../server/schema.ts';

type Obey = (
  tx: Transaction,
  deps: OrderDeps & ThresholdDeps,
  ordered: Ordered & { readonly acknowledge?: readonly string[] | undefined },
) => Promise<Obeyed>;

interface Order {
  readonly word: string;
  readonly roles: readonly Role[];
  readonly summary: string;
  readonly obey: Obey;
  readonly status: 200 | 202;
}

const MARKETING: readonly Role[] = ['admin', 'marketer'];
const OPERATING: readonly Role[] = ['admin', 'marketer', 'operator'];

const orders: readonly Order[] = [
  {
    word: 'launch',
    roles: MARKETING,
    summary: 'Starts it, now or at its startAt; each message waits for its lawful hour.',
    obey: launchCampaign,
    status: 202,
  },
  {
    word: 'approval',
    roles: MARKETING,
    summary: 'Says yes to the draft as it stands, where the tenant asks for a second person.',
    obey: approveCampaign,
    status: 200,
  },
  {
    word: 'pause',
    roles: OPERATING,
    summary: 'Nothing more is marked, from the next mark on.',
    obey: pauseCampaign,
    status: 200,
  },
  {
    word: 'resume',
    roles: OPERATING,
    summary: 'Lets a paused or parked campaign go on.',
    obey: resumeCampaign,
    status: 200,
  },
  {
    word: 'cancel',
    roles: MARKETING,
    summary: 'Ends it: what is ready is excluded as CANCELLED.',
    obey: cancelCampaign,
    status: 200,
  },
];

const Launch = z
  .strictObject({
    acknowledge: z
      .array(z.enum(['STALE_WHEN_HELD']))
      .max(10)
      .optional(),
  })
  .prefault({});

/** The routes of a campaign's orders. */
export const campaignOrderRoutes = (api: Api): Route[] =>
  orders.map(({ word, roles, summary, obey, status }) =>
    route({
      method: 'post',
      path: `/v1/campaigns/{id}/${word}`,
      roles,
      summary,
      tag: 'Campaigns',
      params: ById,
      body: word === 'launch' ? Launch : EmptyBody,
      reply: CampaignMoved,
      status,
      run: async ({ tx, caller, params: { id }, body }) => {
        await ownCampaign(tx, caller, { id, word: word === 'approval' ? 'approve' : word });
        const acknowledge = word === 'launch' ? Launch.parse(body).acknowledge : undefined;
        return obey(tx, await campaignDeps(tx, api), { campaignId: id, actor: actorOf(caller), acknowledge });
      },
    }),
  );
