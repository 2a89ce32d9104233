import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import { BASES } from '../law/bases.ts';
import { IF_LATE, USUAL_IF_LATE } from '../law/timing/reminder-hours.ts';
import { recordAudit } from '../tenants/audit-entry.repository.ts';
import { brandsOf, putBrand } from '../tenants/brand.repository.ts';
import { hasOpenCampaigns } from '../tenants/shadow.repository.ts';
import { saveTenant } from '../tenants/tenant.repository.ts';
import {
  changed,
  missingIdentity,
  SECTORS,
  ON_DECLINE,
  UNDELIVERED_TWICE,
  WEAK_WORDINGS,
  RESTORABLE,
  type Restorable,
  type Tenant,
} from '../tenants/tenant.ts';
import type { Api } from './api.ts';
import { Money } from './campaign-schema.ts';
import { actorOf, EVERYBODY, type Caller } from './caller.ts';
import { knownTenant } from './known-tenant.ts';
import { moment } from './moment.ts';
import { route, type Route } from './route.ts';
import { Id, line, ProfileName, Purpose, TerritoryName, TimeZone } from './schema.ts';
import { refuseUnsigned, SaleStatement } from './sale-statement.ts';
import { Sender, refuseSender } from './sender.ts';
import { isDeafSomewhere, refuseTexts } from './tenant-text.ts';
import { Means, SomeMeans } from './tenants.ts';

const METHODS = ['web_form', 'paper', 'event', 'oral', 'sms_keyword', 'import'] as const;

/** `P7D`, `PT2H`: before the event, and not more than a year. */
const Offset = z
  .string()
  .regex(/^P(?:[1-9]\d{0,2}D|[1-9]\d?W|[1-9]\d?M|T[1-9]\d{0,2}H)$/, 'such as P2D or PT2H');

/** A site without scheme or path. */
const Domain = z
  .string()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$/, 'such as maison-lumiere.fr');

const byPurpose = <T extends z.ZodType>(
  schema: T,
): z.ZodOptional<z.ZodRecord<typeof Purpose & z.core.$partial, T>> =>
  z.partialRecord(Purpose, schema).optional();

const Times = z.int().min(1).max(1_000).optional();

const Frequency = z
  .partialRecord(
    z.enum(['marketing', 'appointment', 'renewal', 'payment']),
    z.strictObject({ perDay: Times, perMonth: Times }),
  )
  .meta({
    description:
      'Messages of a purpose that one person gets at most, on a day and in thirty days; {} takes a cap away. An advertisement too many is excluded (`FREQUENCY_CAP`) when it is its turn.',
  });

/** From where on a campaign needs a second person. */
export const Approval = z
  .strictObject({ recipients: z.int().min(0).optional(), cost: Money.optional() })
  .meta({
    description:
      'Beyond so many recipients, or such a cost at most, a campaign is launched only after somebody else approved it; {} asks for nobody.',
  });

/** How a choice is taken back. */
const USUAL = 'null for a purpose brings back what is usual.';

const Change = z.strictObject({
  name: line(100).optional(),
  legalName: line(200).optional(),
  brand: line(60).optional().meta({ description: 'The name of the only brand.' }),
  contact: Means.optional(),
  sender: Sender.nullable().optional(),
  sector: z.enum(SECTORS).optional(),
  profile: ProfileName.optional(),
  territory: TerritoryName.optional(),
  timeZone: TimeZone.optional(),
  locale: z
    .string()
    .regex(/^(?:fr|en)(?:-[A-Za-z]{2,4})?$/, 'fr or en, with or without a country')
    .optional(),
  domains: z
    .array(Domain)
    .max(20)
    .optional()
    .meta({ description: 'Sites that texts may link to; with none, links are not judged.' }),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .max(200)
    .transform((url) => url.replace(/(?<!\/)\/+$/, ''))
    .nullable()
    .optional()
    .meta({ description: 'Where people reach your forms; null goes back to the address of the instance.' }),
  dataProtectionOfficer: SomeMeans.nullable().optional().meta({
    description:
      'How people reach your data protection officer: forms, sheets and the register say it; null when you have none.',
  }),
  weakWordings: z.enum(WEAK_WORDINGS).optional().meta({
    description:
      '`refused`: no new agreement is taken to words with findings, by API, booking, import or form.',
  }),
  confirmationSkips: z
    .boolean()
    .optional()
    .meta({ description: 'Whoever confirmed an appointment is reminded of it no more.' }),
  appointmentReplies: z.boolean().optional().meta({
    description:
      'OUI or 1 confirms the appointment reminded of, ANNULER or 2 asks you to cancel it, and NON or 2 declines where the text asked by `{answers}`; false: replies are kept, and no more.',
  }),
  onDecline: z.enum(ON_DECLINE).optional().meta({
    description:
      'What a NON to a text that asks does to the reminders of its booking: `nothing`, or `cancel` those still to come. The booking stands either way.',
  }),
  ifLate: z.enum(IF_LATE).optional().meta({
    description:
      'What becomes of a reminder that is booked too late for its wish: `next-lawful`, while at least half of what was left is left then, or `skip`. Either way, whoever is told by nobody is on the list of whom to call.',
  }),
  undeliveredTwice: z.enum(UNDELIVERED_TWICE).optional().meta({
    description: 'What becomes of the open series of a number that two reminders in a row did not reach.',
  }),
  frequency: z
    .partialRecord(Frequency.keyType, Frequency.valueType.nullable())
    .optional()
    .meta({ description: `Messages of a purpose that one person gets at most. ${USUAL}` }),
  approval: Approval.optional(),
  bases: byPurpose(z.enum(BASES).nullable()).meta({ description: USUAL }),
  saleStatement: SaleStatement.optional(),
  consentDefaults: byPurpose(z.strictObject({ method: z.enum(METHODS), wordingId: Id })),
  plans: byPurpose(z.array(Offset).min(1).max(10).nullable()).meta({ description: USUAL }),
  texts: byPurpose(z.string().min(1).max(1_000).nullable()).meta({ description: USUAL }),
  shadow: z.boolean().optional().meta({
    description:
      'Everything is decided and counted up to the last look, and nothing leaves: each person is excluded as `SHADOW` instead. Back to false only once campaigns launched so are over.',
  }),
  reason: line(300).optional().meta({ description: 'Needed with `bases`: kept in the audit.' }),
});

/** The company as answers show it. */
export const TenantShown = z
  .object({
    id: z.string(),
    name: z.string(),
    legalName: z.string(),
    brand: z.string().nullable(),
    contact: Means,
    sender: z.string().nullable(),
    sector: z.string(),
    profile: z.string(),
    territory: z.string(),
    timeZone: z.string(),
    locale: z.string(),
    domains: z.array(z.string()).readonly(),
    publicUrl: z.string().nullable(),
    dataProtectionOfficer: Means.nullable(),
    weakWordings: z.enum(WEAK_WORDINGS),
    confirmationSkips: z.boolean(),
    appointmentReplies: z.boolean(),
    onDecline: z.enum(ON_DECLINE),
    ifLate: z.enum(IF_LATE),
    undeliveredTwice: z.enum(UNDELIVERED_TWICE),
    frequency: Frequency,
    approval: Approval,
    bases: z.partialRecord(Purpose, z.string()),
    saleStatement: SaleStatement.nullable(),
    consentDefaults: z.partialRecord(Purpose, z.object({ method: z.string(), wordingId: z.string() })),
    plans: z.partialRecord(Purpose, z.array(z.string()).readonly()),
    texts: z.partialRecord(Purpose, z.string()),
    halted: z.boolean(),
    haltReason: z.string().nullable(),
    shadow: z.boolean(),
    missing: z.array(z.string()).meta({ description: 'What a real account still asks for.' }),
  })
  .meta({ id: 'Tenant' });

/** The caller's own controller. */
export const tenantRoutes = ({ clock, gateways }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/tenant',
    roles: EVERYBODY,
    summary: 'Says who you are to those who receive your messages.',
    tag: 'Tenant',
    reply: TenantShown,
    run: async ({ tx }) => view(tx, await knownTenant(tx)),
  }),
  route({
    method: 'patch',
    path: '/v1/tenant',
    roles: ['admin'],
    summary: 'Changes it; what is left out stays as it is.',
    tag: 'Tenant',
    body: Change,
    reply: TenantShown,
    run: ({ tx, caller, body, language }) => change(tx, { clock, gateways, caller, body, language }),
  }),
];

async function change(
  tx: Transaction,
  order: {
    readonly clock: Clock;
    readonly gateways: Api['gateways'];
    readonly caller: Caller;
    readonly body: z.output<typeof Change>;
    readonly language: 'fr' | 'en';
  },
): Promise<z.input<typeof TenantShown>> {
  const { clock, caller } = order;
  const { brand, reason, ...body } = order.body;
  if (body.bases !== undefined && reason === undefined)
    throw new Refusal('INVALID_REQUEST', {
      errors: [{ in: 'body', pointer: '/reason', message: 'A change of bases needs a reason.' }],
    });
  refuseUnsigned(body, clock.now());
  const before = await knownTenant(tx, 'change');
  if (before.shadow && body.shadow === false && (await hasOpenCampaigns(tx)))
    throw new Refusal('SHADOW_CAMPAIGNS_OPEN');
  const tenant = changed(before, body);
  if (tenant.sender !== null) refuseSender(tenant.sender, { sector: tenant.sector, pointer: '/sender' });
  const { sector, locale, domains, settings } = tenant;
  const deaf = isDeafSomewhere(order.gateways, settings.routes);
  refuseTexts(body.texts, { sector, locale, domains, deaf });
  await saveTenant(tx, tenant, clock.now().toISO());
  if (brand !== undefined) await renameOnlyBrand(tx, clock, brand);
  const details = {
    fields: Object.keys(order.body),
    ...(body.bases && { bases: body.bases, reason }),
    ...(body.shadow !== undefined && { shadow: body.shadow }),
    ...restored(body),
  };
  await recordAudit(
    tx,
    { actor: actorOf(caller), action: 'tenant.changed', subject: tenant.id, details },
    moment(clock),
  );
  if (body.bases?.marketing !== undefined) await noteCustomers(tx, { clock, caller, tenant });
  return view(tx, tenant);
}

/** The choices that were taken back, when there are any. */
function restored(body: Pick<z.output<typeof Change>, Restorable>): {
  restored?: string[];
} {
  const names = RESTORABLE.flatMap((field) =>
    Object.entries(body[field] ?? {}).flatMap(([purpose, value]) =>
      value === null ? [`${field}.${purpose}`] : [],
    ),
  );
  return names.length === 0 ? {} : { restored: names };
}

/** The audit tells what was signed, from when, and until when: evidence quotes it. */
async function noteCustomers(
  tx: Transaction,
  { clock, caller, tenant }: { readonly clock: Clock; readonly caller: Caller; readonly tenant: Tenant },
): Promise<void> {
  const { saleStatement } = tenant.settings;
  const action = saleStatement === undefined ? 'customers.closed' : 'customers.opened';
  const said = { actor: actorOf(caller), action, subject: tenant.id, details: { ...saleStatement } };
  await recordAudit(tx, said, moment(clock));
}

async function renameOnlyBrand(tx: Transaction, clock: Clock, name: string): Promise<void> {
  const [first, second] = await brandsOf(tx);
  if (second !== undefined)
    throw new Refusal('INVALID_REQUEST', {
      errors: [
        { in: 'body', pointer: '/brand', message: 'There are several brands: PUT /v1/brands/:externalId.' },
      ],
    });
  await putBrand(tx, clock, {
    externalId: first?.externalId ?? 'default',
    name,
    sender: first?.sender ?? null,
  });
}

/** What holds while a tenant has chosen nothing else. */
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
  ifLate: USUAL_IF_LATE,
  undeliveredTwice: 'goes-on',
  frequency: {},
  approval: {},
} as const;

async function view(tx: Transaction, { settings, ...tenant }: Tenant): Promise<z.input<typeof TenantShown>> {
  const [brand, another] = await brandsOf(tx);
  return {
    ...tenant,
    brand: another === undefined ? (brand?.name ?? null) : null,
    ...UNCHOSEN,
    ...chosen(settings),
    missing: missingIdentity(tenant),
  };
}

type Settings = Tenant['settings'];

/** Choices that were made: what is not there is not named. */
const chosen = (settings: Settings): { [Name in keyof Settings]: Exclude<Settings[Name], undefined> } =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
