import { z } from 'zod';
import {
  readCampaigns,
  createCampaign,
  keepRecurrence,
  listMessages,
  campaignCost,
  costInView,
  viewOf,
  viewsOf,
  changeCampaign,
  campaignView,
  tryCampaign,
  cancelCampaign,
  launchCampaign,
  pauseCampaign,
  resumeCampaign,
  readOccurrences,
  servedCsv,
  countReconfirmed,
} from '../../../campaigns/index.ts';
import { messageKey } from '../../../sending/index.ts';
import {
  Answer,
  sendCsv,
  route,
  streamRoute,
  orNotFound,
  noteAct,
  tagged,
  type Untagged,
} from '../../server/route.ts';
import {
  approvalFor,
  CampaignAlone,
  campaignDeps,
  knownCampaign,
  ownCampaign,
  CampaignBody,
  ListedMessageShown,
  MessageState,
  NewCampaignBody,
  CampaignChange,
  CampaignMoved,
  OccurrenceView,
} from './campaign.ts';
import { actorOf, reasonKept, seesClear } from '../../server/caller.ts';
import { CampaignCostShown } from '../messages/figures.ts';
import { ById, listOf, PageQuery, present, readPage, ReasonCode } from '../../server/schema.ts';
import { audienceMeant, refuseOpening } from './audience-schema.ts';
import { AUDITING, EVERYBODY, MARKETING, PAUSING_CAMPAIGNS, type Role } from '../../../base/index.ts';
import { Phone } from '../people/contacts.ts';

const MessageName = z.string().refine((name) => messageKey(name) !== undefined, 'the id of a message');

export const campaignRoutes = tagged('Campaigns', [
  route('POST /v1/campaigns', {
    roles: MARKETING,
    summary: 'Makes a draft; nothing of it leaves before it is launched.',
    body: NewCampaignBody,
    reply: z.object({ id: z.string(), status: z.literal('draft') }),
    status: 201,
    run: async ({ api, tx, caller, body }) => {
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
      await noteAct({ api, tx, caller }, 'campaign.created', { subject: made.id, details });
      return new Answer(201, made, { Location: `/v1/campaigns/${made.id}` });
    },
  }),
  route('GET /v1/campaigns', {
    roles: EVERYBODY,
    summary: 'Lists campaigns, oldest first.',
    query: PageQuery,
    reply: listOf(CampaignBody),
    run: async ({ api: { clock }, tx, language, query }) => {
      const { items, next } = await readPage(query, (page) => readCampaigns(tx, page));
      return { items: await viewsOf(tx, items, { now: clock.now(), language }), next };
    },
  }),
  route('GET /v1/campaigns/{id}', {
    roles: EVERYBODY,
    summary:
      'Shows a campaign: its accounts, what it waits for, what comes next, what it cost, who approved it.',
    params: ById,
    reply: CampaignAlone,
    run: async ({ api, tx, caller, language, params: { id } }) => {
      const campaign = await knownCampaign(tx, id);
      const view = await viewOf(tx, campaign, { now: api.clock.now(), language });
      const approval = await approvalFor(tx, api, { campaign, caller });
      return { ...view, approval, cost: await costInView(tx, campaign) };
    },
  }),
  route('GET /v1/campaigns/{id}/cost', {
    roles: EVERYBODY,
    summary:
      'Counts what it cost so far beside what its rehearsal said, message by message: some 20 s for a million.',
    params: ById,
    reply: CampaignCostShown,
    run: async ({ tx, params: { id } }) => campaignCost(tx, await knownCampaign(tx, id)),
  }),
  route('GET /v1/campaigns/{id}/messages', {
    roles: EVERYBODY,
    summary: 'Lists its messages, numbers masked.',
    params: ById,
    query: PageQuery.extend({
      after: MessageName.optional(),
      state: MessageState.optional(),
      reason: ReasonCode.optional(),
    }),
    reply: z.object({ items: z.array(ListedMessageShown).readonly(), next: z.string().nullable() }),
    run: async ({ api: { vault }, tx, params: { id }, query }) => {
      await knownCampaign(tx, id);
      return listMessages(tx, await vault.tenant(tx), { campaignId: id, ...query });
    },
  }),
]);

/** The route that changes a draft, and the limits of a running campaign. */
export const campaignChangeRoutes = tagged('Campaigns', [
  route('PATCH /v1/campaigns/{id}', {
    roles: MARKETING,
    summary: 'Changes a draft; once launched: ratePerSecond, budget and expireAt. null takes one away.',
    params: ById,
    body: CampaignChange,
    reply: CampaignBody,
    run: async ({ api, tx, caller, language, params: { id }, body }) => {
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
      return orNotFound(await campaignView(tx, id, { now: api.clock.now(), language }));
    },
  }),
]);

export const campaignTestRoutes = tagged('Campaigns', [
  route('POST /v1/campaigns/{id}/test', {
    roles: MARKETING,
    summary:
      'Sends it to a few contacts as it would leave, in their hours, for a day at most; whom it may not be sent to is `refused`; counted in none of its accounts.',
    params: ById,
    body: z.strictObject({ phones: z.array(Phone).min(1).max(20) }),
    reply: z.object({
      id: z.string().nullable(),
      messages: z.array(z.object({ id: z.string(), to: z.string() })).readonly(),
      refused: z.array(z.object({ to: z.string(), reason: z.string() })).readonly(),
    }),
    status: 202,
    run: async ({ api, tx, caller, params: { id }, body }) => {
      await ownCampaign(tx, caller, { id, word: 'try' });
      const asked = { campaignId: id, phones: body.phones, actor: actorOf(caller) };
      return tryCampaign(tx, await campaignDeps(tx, api), asked);
    },
  }),
]);

const order = (
  word: string,
  {
    roles,
    summary,
    obey,
  }: { readonly roles: readonly Role[]; readonly summary: string; readonly obey: typeof pauseCampaign },
): Untagged =>
  route(`POST /v1/campaigns/{id}/${word}`, {
    roles,
    summary,
    params: ById,
    reply: CampaignMoved,
    run: async ({ api, tx, caller, params: { id } }) => {
      await ownCampaign(tx, caller, { id, word });
      return obey(tx, await campaignDeps(tx, api), { campaignId: id, actor: actorOf(caller) });
    },
  });

const Launch = z
  .strictObject({
    acknowledge: z
      .array(z.enum(['STALE_WHEN_HELD']))
      .max(10)
      .optional(),
  })
  .prefault({});

export const campaignLaunchRoutes = tagged('Campaigns', [
  route('POST /v1/campaigns/{id}/launch', {
    roles: MARKETING,
    summary: 'Starts it, now or at its startAt; each message waits for its lawful hour.',
    params: ById,
    body: Launch,
    reply: CampaignMoved,
    status: 202,
    run: async ({ api, tx, caller, params: { id }, body: { acknowledge } }) => {
      await ownCampaign(tx, caller, { id, word: 'launch' });
      const ordered = { campaignId: id, actor: actorOf(caller), acknowledge };
      return launchCampaign(tx, await campaignDeps(tx, api), ordered);
    },
  }),
]);

export const campaignOrderRoutes = tagged('Campaigns', [
  order('pause', {
    roles: PAUSING_CAMPAIGNS,
    summary: 'Nothing more is marked, from the next mark on.',
    obey: pauseCampaign,
  }),
  order('resume', {
    roles: PAUSING_CAMPAIGNS,
    summary: 'Lets a paused or parked campaign go on.',
    obey: resumeCampaign,
  }),
  order('cancel', {
    roles: MARKETING,
    summary: 'Ends it: what is ready is excluded as CANCELLED.',
    obey: cancelCampaign,
  }),
]);

export const campaignOccurrenceRoutes = tagged('Campaigns', [
  route('GET /v1/campaigns/{id}/occurrences', {
    roles: EVERYBODY,
    summary: 'Lists the times of a campaign that comes again: what each became, or why it was passed over.',
    params: ById,
    query: PageQuery,
    reply: listOf(OccurrenceView),
    run: async ({ tx, params: { id }, query }) => {
      await knownCampaign(tx, id);
      return readPage(query, (page) => readOccurrences(tx, id, page));
    },
  }),
]);

export const campaignExportRoutes = tagged('Campaigns', [
  streamRoute('GET /v1/campaigns/{id}/export', {
    roles: AUDITING,
    summary:
      'Gives what became of everybody in its audience as CSV, one row a person; numbers in clear to an admin, or to an auditor who says why.',
    params: ById,
    query: z.strictObject({
      state: MessageState.optional(),
      reason: ReasonCode.optional(),
    }),
    reply: z.string(),
    produces: 'text/csv',
    run: async ({ api, caller, reason, res, params: { id }, query }) => {
      const clear = seesClear({ caller, reason });
      const keys = await api.database.withTenant(caller.tenantId, async (tx) => {
        await knownCampaign(tx, id);
        const details = { clear, ...present({ state: query.state }), ...reasonKept(reason) };
        await noteAct({ api, tx, caller }, 'campaign.exported', { subject: id, details });
        return api.vault.tenant(tx);
      });
      return sendCsv(
        res,
        `campaign-${id}.csv`,
        servedCsv({ database: api.database, keys }, { campaignId: id, ...query, clear }),
      );
    },
  }),
]);

const Reconfirmed = z
  .object({
    asked: z.int().describe('Whom the operator took the question for.'),
    confirmed: z.int().describe('Said yes since, by SMS, form or paper: a new agreement.'),
    left: z.int().describe('Said stop since, or were erased.'),
    silent: z.int().describe('Their agreement ends as it would have.'),
  })
  .meta({ id: 'Reconfirmed' });

export const reconfirmationRoutes = tagged('Campaigns', [
  route('GET /v1/campaigns/{id}/reconfirmation', {
    roles: EVERYBODY,
    summary: 'Counts who confirmed, who left and who said nothing, of a campaign that asked again.',
    params: ById,
    reply: Reconfirmed,
    run: async ({ tx, params: { id } }) => {
      return orNotFound(await countReconfirmed(tx, id));
    },
  }),
]);
