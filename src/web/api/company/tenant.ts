import type { DateTime } from 'luxon';
import { z } from 'zod';
import { campaignsForeseen, campaignsUnder, type CampaignsForeseen } from '../../../campaigns/index.ts';
import {
  brandsOf,
  missingIdentity,
  WEIGHTY,
  type Tenant,
  createTenant,
  findOrCreateTenant,
  listedTenants,
  SECTORS,
} from '../../../company/index.ts';
import {
  USUAL_GOOD_FRIDAY,
  USUAL_IF_LATE,
  openedDays,
  type ExplainedDay as LawDay,
} from '../../../law/index.ts';
import { frenchDay, localityOf, withGoodFriday, type Day } from '../../../rule/index.ts';
import type { Transaction } from '../../../platform/index.ts';
import { EVERYBODY } from '../../../base/index.ts';
import {
  plannedUnder,
  remindersForeseen,
  textsForeseen,
  type RemindersForeseen,
} from '../../../reminders/index.ts';
import type { Language } from '../../../words/index.ts';
import { knownTenant } from '../../server/caller.ts';
import { type Api, route, Answer, tagged } from '../../server/route.ts';
import {
  ExternalId,
  line,
  listOf,
  PageQuery,
  ProfileName,
  TerritoryName,
  readPage,
} from '../../server/schema.ts';
import { changingNothing, MOVES, movesShown, ofReminders, type MoveShown } from '../bookings/closures.ts';
import { DayShown, dayShown } from '../law/law-schema.ts';
import {
  changeTenant,
  choicesChanged,
  fieldsWithReason,
  judgeChange,
  type JudgedChange,
} from './tenant-change.ts';
import { TenantChangeAsked, TenantShown, SomeMeans } from './tenant-schema.ts';

/** The values of settings that a tenant has not chosen. */
const UNCHOSEN = {
  bases: {},
  saleStatement: null,
  consentDefaults: {},
  plans: {},
  texts: {},
  publicUrl: null,
  dataProtectionOfficer: null,
  weakWordings: 'kept',
  confirmationSkips: false,
  appointmentReplies: true,
  onDecline: 'nothing',
  undeliveredTwice: 'goes-on',
  frequency: {},
  approval: {},
} as const;

async function view(
  tx: Transaction,
  { settings, ...tenant }: Tenant,
  on: Day,
): Promise<z.input<typeof TenantShown>> {
  const [brand, another] = await brandsOf(tx);
  return {
    ...tenant,
    brand: another === undefined ? (brand?.name ?? null) : null,
    ...UNCHOSEN,
    ifLate: USUAL_IF_LATE.on(on),
    goodFriday: USUAL_GOOD_FRIDAY.on(on),
    ...chosen(settings),
    missing: missingIdentity(tenant),
  };
}

type Settings = Tenant['settings'];

/** Returns the settings that a tenant has chosen. */
const chosen = (settings: Settings): { [Name in keyof Settings]: Exclude<Settings[Name], undefined> } =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));

export const PreviewShown = z
  .object({
    at: z.string(),
    changes: z.array(z.object({ field: z.enum(WEIGHTY), before: z.unknown(), after: z.unknown() })),
    reasonFor: z.array(z.string()).describe('The fields for which the change itself asks a `reason`.'),
    ...MOVES,
    reworded: z.int().describe('Planned reminders that would say another text.'),
    keepSender: z.object({ reminders: z.int(), campaigns: z.int() }).meta({
      description:
        'Planned reminders and open campaigns that keep the sender which is replaced: the new one is that of what is booked or drafted afterwards.',
    }),
    uncounted: z.int().meta({
      description:
        'Campaigns that would keep the new hours too and whose people are not counted: drafts, those that have not begun, those that somebody holds.',
    }),
    looked: z
      .object({
        campaigns: z.object({ looked: z.int(), of: z.int() }),
        series: z.object({ looked: z.int(), of: z.int() }),
      })
      .meta({ description: 'How many were looked at, and of how many: the figures are theirs alone.' }),
    isWhole: z.boolean().describe('Whether everything was looked at.'),
    opened: z.array(DayShown).meta({
      description: 'Days of the next sixty that would be open to advertising, and that the default closes.',
    }),
  })
  .meta({ id: 'TenantPreview' });

export const tenantRoutes = tagged('Tenant', [
  route('GET /v1/tenant', {
    roles: EVERYBODY,
    summary: 'Says who you are to those who receive your messages.',
    reply: TenantShown,
    run: async ({ api, tx }) => view(tx, await knownTenant(tx), frenchDay(api.clock.now())),
  }),
  route('PATCH /v1/tenant', {
    roles: ['admin'],
    summary: 'Changes it; what is left out stays as it is.',
    body: TenantChangeAsked,
    reply: TenantShown,
    run: async ({ api, tx, caller, body }) =>
      view(tx, await changeTenant(tx, { ...api, caller, body }), frenchDay(api.clock.now())),
  }),
  route('POST /v1/tenant/preview', {
    roles: ['admin'],
    summary: 'Says what a change would move, from when to when; nothing is changed.',
    body: TenantChangeAsked,
    reply: PreviewShown,
    reads: true,
    run: async ({ api, tx, body, language }) => {
      await changingNothing(tx);
      const judged = await judgeChange(tx, { ...api, body }, 'read');
      const seen = await foreseen(tx, { api, judged, language });
      return { ...seen, reasonFor: fieldsWithReason(body, judged) };
    },
  }),
]);

const DAYS_SHOWN = 60;

async function foreseen(
  tx: Transaction,
  {
    api: { clock, vault },
    judged,
    language,
  }: { readonly api: Api; readonly judged: JudgedChange; readonly language: Language },
): Promise<Omit<z.input<typeof PreviewShown>, 'reasonFor'>> {
  const now = clock.now();
  const { weighty, after } = judged;
  const fields = new Set<string>(weighty.map(({ field }) => field));
  const campaigns = await campaignsForeseen(
    tx,
    { now, language },
    {
      ...(fields.has('profile') ? { profile: after.profile } : {}),
      ...(fields.has('goodFriday') ? { goodFriday: after.settings.goodFriday } : {}),
    },
  );
  const reminders = await remindersForeseen(tx, { now, change: choicesChanged(judged) });
  const texts = await textsForeseen(tx, await vault.tenant(tx), textsOf(judged));
  const looked = lookedAt({ campaigns, reminders, texts });
  return {
    at: now.toISO(),
    changes: weighty.map(({ field, before, after: then }) => ({ field, before, after: then })),
    ...movesShown([...ofCampaigns(campaigns), ...ofReminders(reminders.reminders)]),
    reworded: texts.reminders,
    keepSender: await keepingSender(tx, judged),
    uncounted: campaigns.uncounted,
    looked,
    isWhole: Object.values(looked).every((part) => part.looked === part.of),
    opened: opened(judged, now, language).map(dayShown),
  };
}

/** Lists the campaigns and reminders with the sender that would be replaced. */
async function keepingSender(
  tx: Transaction,
  { before: { sender }, after }: JudgedChange,
): Promise<z.input<typeof PreviewShown>['keepSender']> {
  if (sender === null || sender === after.sender) return { reminders: 0, campaigns: 0 };
  return { reminders: await plannedUnder(tx, sender), campaigns: await campaignsUnder(tx, sender) };
}

const REMINDED = ['appointment', 'renewal', 'payment'] as const;

const textsOf = ({ before, after }: JudgedChange): (typeof REMINDED)[number][] =>
  REMINDED.filter((purpose) => before.settings.texts?.[purpose] !== after.settings.texts?.[purpose]);

function lookedAt({
  campaigns,
  reminders,
  texts,
}: {
  readonly campaigns: CampaignsForeseen;
  readonly reminders: RemindersForeseen;
  readonly texts: { readonly looked: number; readonly concerned: number };
}): z.input<typeof PreviewShown>['looked'] {
  return {
    campaigns: { looked: campaigns.looked, of: campaigns.open },
    series: {
      looked: reminders.looked + texts.looked,
      of: reminders.concerned + texts.concerned,
    },
  };
}

const ofCampaigns = ({ parts }: CampaignsForeseen): MoveShown[] =>
  parts.map(({ campaignId: id, ...part }) => ({ kind: 'campaign', id, ...part }));

/** Returns the days that the tenant's choices open to advertising, and the defaults would not. */
function opened(
  { after, weighty }: JudgedChange,
  now: DateTime<true>,
  language: Language,
): readonly LawDay[] {
  if (!weighty.some(({ field }) => field === 'profile' || field === 'goodFriday')) return [];
  const { profile, territory, timeZone, settings } = after;
  const locality = withGoodFriday(localityOf(territory, timeZone), settings.goodFriday);
  const to = now.plus({ days: DAYS_SHOWN });
  return openedDays({ purpose: 'marketing', profile, locality, from: now, to, language });
}

const NewTenant = z.strictObject({
  name: line(100),
  legalName: line(200),
  brand: line(60),
  contact: SomeMeans,
  sector: z.enum(SECTORS).optional(),
  profile: ProfileName.optional(),
  territory: TerritoryName.optional(),
});

const Found = z.object({
  id: z.string(),
  externalId: z.string(),
  key: z.string().optional().describe('Its first admin key, in the answer that made it alone.'),
});

const Listed = z.object({
  id: z.string(),
  externalId: z.string().nullable().describe('null for one that was made without.'),
  name: z.string(),
  createdAt: z.string(),
});

export const tenantsRoutes = tagged('Instance', [
  route('POST /v1/tenants', {
    roles: ['instance'],
    summary: 'Makes a tenant (one controller) and its first admin key.',
    body: NewTenant,
    reply: z.object({ id: z.string(), key: z.string() }),
    status: 201,
    run: ({ api: { vault, clock }, tx, body }) =>
      createTenant(tx, { vault, clock }, { ...body, actor: 'instance' }),
  }),
  route('PUT /v1/tenants/{externalId}', {
    roles: ['instance'],
    summary: 'Finds the tenant of your own id, or makes it with its first admin key, which is shown once.',
    params: z.strictObject({ externalId: ExternalId }),
    body: NewTenant,
    reply: Found,
    also: [201],
    run: async ({ api: { vault, clock }, tx, params: { externalId }, body }) => {
      const given = { ...body, externalId, actor: 'instance' };
      const { id, key } = await findOrCreateTenant(tx, { vault, clock }, given);
      return key === undefined
        ? new Answer(200, { id, externalId })
        : new Answer(201, { id, externalId, key });
    },
  }),
  route('GET /v1/tenants', {
    roles: ['instance'],
    summary: 'Lists the tenants of the instance, oldest first.',
    query: PageQuery,
    reply: listOf(Listed),
    run: async ({ tx, query }) => readPage(query, (page) => listedTenants(tx, page)),
  }),
]);
