import { z } from 'zod';
import {
  readCampaign,
  type Campaign,
  type CreationDeps,
  awaitingApproval,
  approvalView,
  approveCampaign,
  type ApprovalView,
  COUNTED_IN_VIEW,
} from '../../../campaigns/index.ts';
import { accountTerms } from '../../../gateways/index.ts';
import { Refusal, type Transaction } from '../../../platform/index.ts';
import { uuidV7, APPROVING_CAMPAIGNS } from '../../../base/index.ts';
import { fault } from '../../../words/index.ts';
import { type Caller, actorOf } from '../../server/caller.ts';
import { type Api, EmptyBody, route, orNotFound, tagged } from '../../server/route.ts';
import {
  AccountField,
  DateOnly,
  Id,
  Instant,
  line,
  MoneyField,
  PurposeField,
  TimeZone,
  ById,
} from '../../server/schema.ts';
import { Sender, ApprovalThresholds } from '../company/tenant-schema.ts';
import { WaitingForShown, CostInView } from '../messages/figures.ts';
import { AudienceBody, Exclude, OutsideWindow } from './audience-schema.ts';

const isoOf = Instant.transform((at) => at.toISO());

const ClockHour = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'an hour, such as "10:00"');

/** When a campaign recurs; each occurrence is a campaign of its own. */
const Recurrence = z
  .strictObject({
    every: z
      .string()
      .regex(/^P[1-9]\d?[DWM]$/, 'whole days, weeks or months, such as "P1W"')
      .meta({ description: 'ISO 8601: P1D, P2W, P1M.' }),
    on: DateOnly.describe('The first day; the others are counted from it.'),
    at: ClockHour.describe('The hour on the clocks of `timeZone`; each person has their window.'),
    timeZone: TimeZone.optional().describe('The tenant’s when absent.'),
    until: DateOnly.optional().describe('The last day on which it may come.'),
    expiresAfter: z
      .string()
      .regex(/^P(?:[1-9]\d?D|T[1-9]\d?H)$/, 'days or hours, such as "P3D" or "PT8H"')
      .optional()
      .meta({ description: 'How long each time is true: its `expireAt`.' }),
  })
  .refine(({ on, until }) => until === undefined || until >= on, {
    path: ['until'],
    message: 'must not be before the first day',
  })
  .meta({ id: 'Recurrence' });

export const NewCampaignBody = z.strictObject({
  name: line(200),
  purpose: PurposeField,
  text: z.string().min(1).max(2_000),
  audience: AudienceBody,
  exclude: Exclude.optional(),
  sender: Sender.optional(),
  startAt: isoOf.optional(),
  expireAt: isoOf.optional(),
  localTime: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'an hour on the recipient’s clocks, such as "10:00"')
    .meta({
      description:
        'Nobody is written to before this hour of their own day; the first departure is the first such hour from `startAt` on.',
    })
    .optional(),
  spread: z
    .strictObject({ days: z.int().min(2).max(60) })
    .meta({ description: 'An equal part of the audience on each of so many days with an open window.' })
    .optional(),
  ratePerSecond: z.int().min(1).max(10_000).optional(),
  maxParts: z.int().min(1).max(10).optional(),
  budget: MoneyField.optional(),
  gateway: AccountField.optional(),
  brandId: Id.optional(),
  recurrence: Recurrence.optional(),
  outsideWindow: OutsideWindow.optional(),
});

/** Allows `null`, which removes a value. */
const orNone = <T extends z.ZodType>(schema: T) =>
  schema
    .nullable()
    .transform((value) => value ?? undefined)
    .optional();

/** The body of a change: a draft may change in all fields, a running campaign only in its limits. */
export const CampaignChange = NewCampaignBody.omit({ outsideWindow: true, recurrence: true })
  .partial()
  .extend({
    name: NewCampaignBody.shape.name.exactOptional(),
    purpose: NewCampaignBody.shape.purpose.exactOptional(),
    text: NewCampaignBody.shape.text.exactOptional(),
    audience: NewCampaignBody.shape.audience.exactOptional(),
    startAt: orNone(isoOf),
    expireAt: orNone(isoOf),
    localTime: orNone(NewCampaignBody.shape.localTime.unwrap()),
    spread: orNone(NewCampaignBody.shape.spread.unwrap()),
    ratePerSecond: orNone(NewCampaignBody.shape.ratePerSecond.unwrap()),
    budget: orNone(MoneyField),
  });

export const CampaignMoved = z.object({ id: z.string(), status: z.string(), workflowId: z.string() });

const Accounts = z
  .object({
    audience: z.int(),
    pending: z.int(),
    accepted: z.int().describe('Cumulative: delivered and undelivered are in it.'),
    delivered: z.int(),
    undelivered: z.int(),
    excluded: z.record(z.string(), z.int()),
    failed: z.int(),
    expired: z.int(),
    uncertain: z.int(),
  })
  .meta({ id: 'Accounts' });

export const CampaignBody = z
  .object({
    id: z.string(),
    name: z.string(),
    purpose: z.string(),
    status: z.enum(['draft', 'scheduled', 'running', 'paused', 'parked', 'cancelled', 'finished']),
    startAt: z.string().nullable().describe('Nobody is written to before it.'),
    expireAt: z.string().nullable().describe('Nobody is written to from it on.'),
    accounts: Accounts,
    nextDepartureAt: z.string().nullable(),
    waitingFor: WaitingForShown.nullable(),
    forecast: z
      .object({ firstDepartureAt: z.string().nullable(), lastDepartureAt: z.string().nullable() })
      .nullable(),
    workflowId: z.string(),
    recurrence: z
      .object({
        every: z.string(),
        on: z.string(),
        at: z.string(),
        timeZone: z.string(),
        until: z.string().nullable(),
        expiresAfter: z.string().nullable(),
      })
      .nullable()
      .meta({ description: 'When it comes again; null for one that comes once.' }),
    recurrenceOf: z.string().nullable().describe('The campaign of which this is one time.'),
  })
  .meta({ id: 'Campaign' });

export const OccurrenceView = z
  .object({
    id: z.string(),
    at: z.string(),
    campaignId: z.string().nullable().describe('None when it was passed over.'),
    because: z.string().nullable().meta({
      description: 'START_MISSED or PAUSED: passed over. Another code: it waits as a draft, for a person.',
    }),
  })
  .meta({ id: 'Occurrence' });

/** A message of a campaign, with its number masked. */
export const ListedMessageShown = z
  .object({
    id: z.string(),
    state: z.string(),
    reason: z.string().nullable(),
    to: z.string().nullable(),
    territory: z.string(),
    acceptedAt: z.string().nullable(),
  })
  .meta({ id: 'ListedMessage' });

export const MessageState = z.enum([
  'ready',
  'submitting',
  'accepted',
  'delivered',
  'undelivered',
  'excluded',
  'failed',
  'expired',
  'uncertain',
]);

/** Returns a campaign of the transaction's tenant; refuses an unknown id with NOT_FOUND. */
export async function knownCampaign(tx: Transaction, id: string): Promise<Campaign> {
  return orNotFound(await readCampaign(tx, id));
}

/** Says whether the caller may act on a campaign of its system: a marketer only on those of its own system. */
const isOfOwnSource = ({ role, source }: Caller, campaign: Pick<Campaign, 'source'>): boolean =>
  role !== 'marketer' || source === campaign.source;

/** Returns a campaign on which the caller may act; refuses a marketer the campaigns of other systems. */
export async function ownCampaign(
  tx: Transaction,
  caller: Caller,
  { id, word }: { readonly id: string; readonly word: string },
): Promise<void> {
  if (caller.role !== 'marketer') return;
  const campaign = await readCampaign(tx, id);
  if (campaign === undefined || isOfOwnSource(caller, campaign)) return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: fault('A marketer may {order} campaigns made by a key of the same source.', { order: word }),
  });
}

/** Returns what creating and changing campaigns of the transaction's tenant needs. */
export async function campaignDeps(
  tx: Transaction,
  { vault, clock, gateways, optOut }: Api,
): Promise<CreationDeps> {
  return {
    keys: await vault.tenant(tx),
    clock,
    newId: () => uuidV7(clock.machine()),
    terms: accountTerms(gateways, optOut.base),
  };
}

const Named = z.object({
  by: z.string().describe('As the audit names them.'),
  byName: z.string().nullable().describe('The name of their key.'),
});

const Weighed = {
  recipients: z.int().nullable().describe('Whom the draft could write to now; null once it was launched.'),
  cost: MoneyField.nullable().describe('The most it could cost, where the threshold names a cost.'),
  threshold: ApprovalThresholds,
  author: Named.nullable().describe('Who wrote it; they cannot approve it.'),
};

const ApprovalShown = z
  .object({
    needed: z.boolean().describe('Whether the draft passes the threshold.'),
    ...Weighed,
    approvedBy: z
      .array(Named.extend({ at: z.string() }))
      .readonly()
      .meta({ description: 'Each yes to the draft as it stands, or as it was launched.' }),
    mayApprove: z.boolean().describe('Whether a yes of the caller would count.'),
    mayLaunch: z.boolean().describe('Whether a launch by the caller has the approval that it needs.'),
  })
  .meta({ id: 'CampaignApproval' });

export const CampaignAlone = CampaignBody.extend({
  approval: ApprovalShown.nullable().meta({
    description: 'null where the tenant asks for nobody, and nobody approved it.',
  }),
  cost: CostInView.nullable().meta({
    description: `Foreseen, reserved, spent and refunded, its trials aside; null while more than ${COUNTED_IN_VIEW} messages would have to be counted for it: \`GET /v1/campaigns/{id}/cost\` counts any number, by account and territory too.`,
  }),
}).meta({ id: 'CampaignAlone' });

export const Approvals = z.object({
  items: z.array(z.object({ campaignId: z.string(), name: z.string(), ...Weighed })).readonly(),
});

export const approvingRoutes = tagged('Campaigns', [
  route('POST /v1/campaigns/{id}/approval', {
    roles: APPROVING_CAMPAIGNS,
    summary: 'Says yes to the draft as it stands, where the tenant asks for a second person.',
    params: ById,
    body: EmptyBody,
    reply: CampaignMoved,
    status: 200,
    run: async ({ api, tx, caller, params: { id } }) => {
      await ownCampaign(tx, caller, { id, word: 'approve' });
      return approveCampaign(tx, await campaignDeps(tx, api), { campaignId: id, actor: actorOf(caller) });
    },
  }),
]);

export const approvalRoutes = tagged('Campaigns', [
  route('GET /v1/approvals', {
    roles: APPROVING_CAMPAIGNS,
    summary: 'Lists drafts, of the newest 50, that wait for your approval by their last rehearsal.',
    reply: Approvals,
    run: async ({ api, tx, caller }) => {
      const items = await awaitingApproval(tx, await campaignDeps(tx, api), actorOf(caller));
      return { items: items.filter((draft) => mayOrder(caller, draft)) };
    },
  }),
]);

/** Describes the approval that a campaign needs, and what the caller may do. */
export async function approvalFor(
  tx: Transaction,
  api: Api,
  { campaign, caller }: { readonly campaign: Campaign; readonly caller: Caller },
): Promise<ApprovalView | null> {
  const view = await approvalView(tx, await campaignDeps(tx, api), { campaign, actor: actorOf(caller) });
  const may = mayOrder(caller, campaign);
  return view && { ...view, mayApprove: may && view.mayApprove, mayLaunch: may && view.mayLaunch };
}

/** Says whether the caller may give orders to this campaign. */
const mayOrder = (caller: Caller, campaign: Pick<Campaign, 'source'>): boolean =>
  APPROVING_CAMPAIGNS.includes(caller.role) && isOfOwnSource(caller, campaign);
