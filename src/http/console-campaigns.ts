import { DateTime } from 'luxon';
import { z } from 'zod';
import { campaignPage, campaignsPage, notServedPage, type CampaignOrder } from '../pages/console-campaign.ts';
import { newCampaignPage } from '../pages/console-new-campaign.ts';
import type { Reading } from '../pages/console-moment.ts';
import { rehearsalPart } from '../pages/console-rehearsal.ts';
import { CampaignView, ListedMessage } from './campaign-schema.ts';
import { Refusal } from '../errors.ts';
import type { ConsoleRoute } from './console-route.ts';
import type { Visit } from './console-visit.ts';
import { ImportShown } from './import-schema.ts';
import { listOf } from './schema.ts';

const Made = z.object({ id: z.string() });

/** What each status allows; the role is judged besides. */
const ORDERS: Readonly<Record<z.output<typeof CampaignView>['status'], readonly CampaignOrder[]>> = {
  draft: ['rehearsal', 'approval', 'launch', 'cancel'],
  scheduled: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  parked: ['resume', 'cancel'],
  cancelled: [],
  finished: [],
};

/** Campaigns: the list, one with its orders, who was not served, a new one. */
export const campaignPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/campaigns', work: list },
  { method: 'get', path: '/campaigns/new', work: asking },
  { method: 'post', path: '/campaigns', work: making },
  { method: 'get', path: '/campaigns/:id', work: one },
  { method: 'get', path: '/campaigns/:id/events', work: events },
  { method: 'get', path: '/campaigns/:id/not-served', work: notServed },
  { method: 'post', path: '/campaigns/:id/:order', work: ordering },
];

/** In the zone of the tenant. */
export const readingOf = ({ language, caller }: Visit): Reading => ({
  language,
  zone: caller.home.timeZone,
});

/** A page of a list, from where the one before ended. */
export const pageAsked = (visit: Visit, limit = 50): Record<string, string> => {
  const after = visit.asked('after');
  return { limit: String(limit), ...(after === undefined ? {} : { after }) };
};

async function list(visit: Visit): Promise<void> {
  const found = await visit.ask('GET /v1/campaigns', listOf(CampaignView), { query: pageAsked(visit) });
  visit.show(campaignsPage(readingOf(visit), found));
}

async function one(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const view = await visit.ask('GET /v1/campaigns/{id}', CampaignView, { params });
  const orders = ORDERS[view.status].filter((order) => visit.may(`POST /v1/campaigns/{id}/${order}`));
  visit.show(
    campaignPage({
      ...readingOf(visit),
      view,
      orders,
      workflowUrl: visit.workflowUrl(view.workflowId),
      rehearsed: view.status === 'draft' ? await rehearsed(visit, params) : '',
    }),
  );
}

const Rehearsed = z.looseObject({
  state: z.string(),
  current: z.boolean(),
  leavesNow: z.int(),
  held: z.int(),
  neverLeaves: z.int(),
  excluded: z.record(z.string(), z.int()),
  parts: z.int(),
  cost: z.object({ amount: z.string(), currency: z.string() }).nullable(),
  finishesInWindow: z.boolean(),
  byTerritory: z.array(
    z.object({
      territory: z.string(),
      timeZone: z.string(),
      people: z.int(),
      firstDeparture: z.string().nullable(),
      lastDeparture: z.string().nullable(),
      finishesInWindow: z.boolean(),
      because: z.object({ code: z.string(), ruleId: z.string().nullable(), text: z.string() }).nullable(),
    }),
  ),
});

/** Nothing before the first rehearsal, or while it runs. */
async function rehearsed(visit: Visit, params: { readonly id: string }): Promise<string> {
  const answer = await visit.order('GET /v1/campaigns/{id}/rehearsal', { params }).catch(unlessNotFound);
  const parsed = Rehearsed.safeParse(answer);
  return parsed.success ? rehearsalPart(parsed.data, readingOf(visit)) : '';
}

function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof Refusal) || error.code !== 'NOT_FOUND') throw error;
}

async function ordering(visit: Visit): Promise<void> {
  const [id, order] = [visit.param('id'), visit.param('order')];
  await visit.order(`POST /v1/campaigns/{id}/${order}`, { params: { id } });
  visit.goTo(`/campaigns/${encodeURIComponent(id)}`);
}

async function notServed(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const view = await visit.ask('GET /v1/campaigns/{id}', CampaignView, { params });
  const [state, reason] = [visit.asked('state') ?? 'excluded', visit.asked('reason')];
  const about = { state, ...(reason === undefined ? {} : { reason }) };
  const found = await visit.ask('GET /v1/campaigns/{id}/messages', listOf(ListedMessage), {
    params,
    query: { ...pageAsked(visit), ...about },
  });
  const path = `/campaigns/${params.id}/not-served?${new URLSearchParams(about).toString()}`;
  visit.show(notServedPage(readingOf(visit), { name: view.name, path, ...found }));
}

function events(visit: Visit): Promise<void> {
  return visit.follow((asked) => visit.parts.live.campaign(asked));
}

async function asking(visit: Visit): Promise<void> {
  const imports = await visit.ask('GET /v1/imports', listOf(ImportShown), { query: { limit: '100' } });
  const usable = imports.items.filter(({ kind, state }) => kind === 'contacts' && state === 'finished');
  visit.show(newCampaignPage(visit.language, usable.toReversed()));
}

async function making(visit: Visit): Promise<void> {
  const audience = visit.said('audience') ?? 'all';
  const body = {
    name: visit.said('name'),
    purpose: 'marketing',
    text: visit.said('text'),
    audience: audience === 'all' ? { all: true } : { importId: audience },
    ...given('sender', visit.said('sender')),
    ...given('startAt', instantSaid(visit, 'startAt')),
    ...given('expireAt', instantSaid(visit, 'expireAt')),
  };
  const { id } = await visit.ask('POST /v1/campaigns', Made, { body });
  visit.goTo(`/campaigns/${id}`);
}

const given = (name: string, value: string | undefined): Readonly<Record<string, string>> =>
  value === undefined ? {} : { [name]: value };

/** What the clock on the wall of the tenant shows then. */
function instantSaid(visit: Visit, name: string): string | undefined {
  const wall = visit.said(name);
  if (wall === undefined) return undefined;
  return DateTime.fromISO(wall, { zone: visit.caller.home.timeZone }).toISO() ?? wall;
}
