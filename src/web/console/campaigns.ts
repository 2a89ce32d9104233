import { z } from 'zod';
import { type Html, Refusal, nothing } from '../../platform/index.ts';
import { apartFromRehearsal } from './drift-page.ts';
import { campaignPage, campaignsPage, notServedPage, type CampaignAction } from './campaign-page.ts';
import { cancelCampaignAsked } from './sure-words.ts';
import { CampaignAlone } from '../api/campaigns/approvals.ts';
import { CampaignBody, ListedMessageShown } from '../api/campaigns/campaign-schema.ts';
import { CampaignCostShown } from '../api/messages/costs.ts';
import { draftOf, draftPages, peopleForeseen } from './draft.ts';
import { pageAsked, readingOf } from './reading.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './visit.ts';
import { listOf } from '../server/schema.ts';

/** The orders allowed in each status; the role is checked besides. */
const ORDERS: Readonly<Record<z.output<typeof CampaignBody>['status'], readonly CampaignAction[]>> = {
  draft: ['rehearsal', 'approval', 'launch', 'cancel'],
  scheduled: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  parked: ['resume', 'cancel'],
  cancelled: [],
  finished: [],
};

/** The pages of campaigns: list, one with its orders, people not served, a new one. */
export const campaignPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/campaigns', work: list },
  ...draftPages,
  { method: 'get', path: '/campaigns/:id', work: (visit) => one(visit, { clear: false }) },
  { method: 'post', path: '/campaigns/:id/examples', from: '/campaigns/:id', work: readingClear },
  { method: 'get', path: '/campaigns/:id/events', work: events },
  { method: 'get', path: '/campaigns/:id/not-served', work: notServed },
  { method: 'post', path: '/campaigns/:id/:order', from: '/campaigns/:id', work: ordering },
];

async function list(visit: Visit): Promise<void> {
  const found = await visit.ask('GET /v1/campaigns', listOf(CampaignBody), { query: pageAsked(visit) });
  visit.show(campaignsPage(readingOf(visit), found));
}

async function readingClear(visit: Visit): Promise<void> {
  visit.needs('GET /v1/campaigns/{id}/examples');
  await one(visit, { clear: true });
}

/** The cost of so many people is counted within a second: 18 µs each, measured on 300,000. */
const COUNTED_AT_ONCE = 20_000;

async function one(visit: Visit, { clear }: { readonly clear: boolean }): Promise<void> {
  const params = { id: visit.param('id') };
  const view = await visit.ask('GET /v1/campaigns/{id}', CampaignAlone, { params });
  // A user who comes to pause or cancel a large campaign does not wait for a count of its messages.
  const isCounted = view.accounts.audience <= COUNTED_AT_ONCE || visit.asked('cost') !== undefined;
  const cost = isCounted
    ? await visit.ask('GET /v1/campaigns/{id}/cost', CampaignCostShown, { params })
    : undefined;
  const orders = ORDERS[view.status]
    .filter((order) => visit.may(`POST /v1/campaigns/{id}/${order}`))
    .filter((order) => hasEffect(order, view));
  visit.show(
    campaignPage({
      ...readingOf(visit),
      view,
      approval: view.approval,
      cost,
      orders,
      workflowUrl: visit.workflowUrl(view.workflowId),
      drift: view.status === 'finished' && isCounted ? await driftOf(visit, view.id) : nothing,
      draft: view.status === 'draft' ? await draftOf(visit, { view, orders, clear }) : nothing,
    }),
  );
}

/** An approval that nobody needs, or that would not count, and a launch that lacks one, have no button. */
function hasEffect(order: CampaignAction, { approval }: z.output<typeof CampaignAlone>): boolean {
  if (order === 'approval') return approval !== null && approval.needed && approval.mayApprove;
  return order !== 'launch' || approval === null || !approval.needed || approval.mayLaunch;
}

const Ended = z.looseObject({
  reality: z
    .object({ messages: z.int(), parts: z.int(), messagesApart: z.int(), partsApart: z.int() })
    .nullable(),
});

/** Empty for readers who may not read the rehearsal, or where there was none. */
async function driftOf(visit: Visit, id: string): Promise<Html> {
  const name = 'GET /v1/campaigns/{id}/rehearsal';
  if (!visit.may(name)) return nothing;
  const seen = await visit.ask(name, Ended, { params: { id } }).catch((error: unknown) => {
    if (!(error instanceof Refusal) || error.code !== 'NOT_FOUND') throw error;
  });
  return seen?.reality == null ? nothing : apartFromRehearsal(seen.reality, visit.language);
}

async function ordering(visit: Visit): Promise<void> {
  const [id, order] = [visit.param('id'), visit.param('order')];
  if (order === 'cancel' && !visit.isSure) return askingToCancel(visit, id);
  const acknowledged = visit.said('acknowledge');
  const body = order === 'launch' && acknowledged !== undefined ? { acknowledge: [acknowledged] } : {};
  await visit.order(`POST /v1/campaigns/{id}/${order}`, { params: { id }, body });
  visit.goTo(`/campaigns/${encodeURIComponent(id)}`);
}

async function askingToCancel(visit: Visit, id: string): Promise<void> {
  visit.needs('POST /v1/campaigns/{id}/cancel');
  const view = await visit.ask('GET /v1/campaigns/{id}', CampaignBody, { params: { id } });
  const foreseen = view.accounts.audience === 0 ? await peopleForeseen(visit, id) : undefined;
  visit.askFirst(
    cancelCampaignAsked({ ...view, foreseen, comesAgain: view.recurrence !== null }, visit.language),
  );
}

async function notServed(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const view = await visit.ask('GET /v1/campaigns/{id}', CampaignBody, { params });
  const [state, reason] = [visit.asked('state') ?? 'excluded', visit.asked('reason')];
  const about = { state, ...(reason === undefined ? {} : { reason }) };
  const found = await visit.ask('GET /v1/campaigns/{id}/messages', listOf(ListedMessageShown), {
    params,
    query: { ...pageAsked(visit), ...about },
  });
  const path = `/campaigns/${params.id}/not-served?${new URLSearchParams(about).toString()}`;
  visit.show(notServedPage(readingOf(visit), { name: view.name, path, ...found }));
}

function events(visit: Visit): Promise<void> {
  return visit.follow((asked) => visit.parts.live.campaign(asked));
}
