import { REMINDERS, TERRITORIES, type Territory, type GoodFridayChoice, type Day } from '../../rule/index.ts';
import { type Basis, type IfLate, USUAL_GOOD_FRIDAY, USUAL_IF_LATE } from '../../law/index.ts';
import { PROHIBITED_SECTORS } from '../../sms/index.ts';
import { bilingual } from '../../words/index.ts';

/** The purposes for which a tenant's people are written to. */
export const PURPOSES = ['marketing', ...REMINDERS] as const;

/** A member of `PURPOSES`; `marketing` alone is advertising. */
export type TenantPurpose = (typeof PURPOSES)[number];

/** The sectors of activity; a tenant's sector decides its guards and variables. */
export const SECTORS = [
  'general',
  'health',
  'finance',
  'services',
  'retail',
  'public',
  ...PROHIBITED_SECTORS,
] as const;

export type Sector = (typeof SECTORS)[number];

/** The means by which a person reaches the publisher of a message. */
export interface ContactMeans {
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly address?: string | undefined;
  readonly url?: string | undefined;
}

/** One account, or several in order of preference. */
export type AccountRoute = string | readonly [string, ...string[]];

/** Routes by purpose, and one for all the others. */
export type RoutesByPurpose = { readonly [P in TenantPurpose | 'default']?: AccountRoute | undefined };

/** The accounts of a tenant's messages, by purpose and by territory. */
export interface AccountRoutes extends RoutesByPurpose {
  readonly byTerritory?: { readonly [T in Territory]?: RoutesByPurpose | undefined } | undefined;
  /** Purposes whose campaigns take the next account automatically; the others wait for a person. */
  readonly failOver?: readonly TenantPurpose[] | undefined;
}

type ByPurpose<T> = { readonly [P in TenantPurpose]?: T };

/** Choices kept as one JSON value of the tenant. */
interface TenantSettings {
  /** The basis allowed besides consent, by purpose. */
  readonly bases?: ByPurpose<Basis> | undefined;
  /** The signed statement behind advertising to customers while that is open; removed once it is closed. */
  readonly saleStatement?: SaleStatement | undefined;
  readonly consentDefaults?: ByPurpose<{ readonly method: string; readonly wordingId: string }> | undefined;
  /** Offsets before the event, ISO 8601 durations, by purpose. */
  readonly plans?: ByPurpose<readonly string[]> | undefined;
  /** Texts instead of the default ones, by purpose. */
  readonly texts?: ByPurpose<string> | undefined;
  /** The accounts of its messages, by purpose; the instance's default one without them. */
  readonly routes?: AccountRoutes | undefined;
  /** Senders allowed besides its own; null or absent when no list is kept. */
  readonly senders?: readonly string[] | null | undefined;
  /** Base URL of its pages, without a slash at the end; the instance's own address when absent. */
  readonly publicUrl?: string | undefined;
  /** Contact of its data protection officer; forms and the register show it. */
  readonly dataProtectionOfficer?: ContactMeans | undefined;
  /** Treatment of agreements to incomplete wordings; by default they are kept, with findings. */
  readonly weakWordings?: (typeof WEAK_WORDINGS)[number] | undefined;
  /** True when a confirmed appointment gets no further reminders. */
  readonly confirmationSkips?: boolean | undefined;
  /** True when OUI and ANNULER by SMS act on the appointment of the reminder; true unless this is false. */
  readonly appointmentReplies?: boolean | undefined;
  /** Effect of a declined booking on its reminders; by default they go on. */
  readonly onDecline?: OnDecline | undefined;
  /** Treatment of a reminder booked too late for its wish; by default it is sent at the next lawful moment. */
  readonly ifLate?: IfLate | undefined;
  /** True when Good Friday is a holiday in the communes of Alsace-Moselle where its people live; by default it is. */
  readonly goodFriday?: GoodFridayChoice | undefined;
  /** Treatment of open series whose number two reminders in a row did not reach; by default they go on. */
  readonly undeliveredTwice?: (typeof UNDELIVERED_TWICE)[number] | undefined;
  /** Highest frequency of messages to one person, by purpose; no cap when absent. */
  readonly frequency?:
    | {
        readonly [P in TenantPurpose]?: {
          /** On one calendar day in the person's zone. */
          readonly perDay?: number | undefined;
          /** In thirty days. */
          readonly perMonth?: number | undefined;
        };
      }
    | undefined;
  /** The threshold from which a campaign needs a second person; none when absent. */
  readonly approval?: ApprovalThreshold | undefined;
}

/** Thresholds above which a campaign is launched only after somebody else's approval. */
export interface ApprovalThreshold {
  readonly recipients?: number | undefined;
  /** In the account's currency. */
  readonly cost?: { readonly amount: string; readonly currency: string } | undefined;
}

/** The treatments of agreements to wordings with findings. */
export const WEAK_WORDINGS = ['kept', 'refused'] as const;

/** The effects a NON may have on the reminders of its booking. */
export const ON_DECLINE = ['nothing', 'cancel'] as const;

/** One effect of a NON. */
export type OnDecline = (typeof ON_DECLINE)[number];

/** The treatments of series whose number is in doubt. */
export const UNDELIVERED_TWICE = ['goes-on', 'paused'] as const;

/** The controller, for its admin. */
export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly legalName: string;
  readonly contact: ContactMeans;
  readonly sender: string | null;
  readonly sector: Sector;
  readonly profile: string;
  readonly territory: Territory;
  readonly timeZone: string;
  readonly locale: string;
  /** Sites that its texts may link to; without any, links are not judged. */
  readonly domains: readonly string[];
  readonly settings: TenantSettings;
  readonly halted: boolean;
  readonly haltReason: string | null;
  /** True when everything is decided and counted, and nothing sent. */
  readonly shadow: boolean;
}

/** Lists the fields that a real account requires and this tenant lacks. */
export function missingIdentity(tenant: Pick<Tenant, 'legalName' | 'contact'>): string[] {
  return [
    ...(tenant.legalName === UNNAMED ? ['legalName'] : []),
    ...(Object.values(tenant.contact).some((means) => means !== undefined && means !== '')
      ? []
      : ['contact']),
  ];
}

/** The name of the first tenant until somebody gives one. */
export const UNNAMED = 'Ma société (à compléter)';

/** The changes a tenant may make to itself, besides its only brand. */
export type TenantChange = {
  readonly [K in Exclude<keyof Tenant, 'id' | 'settings' | 'halted' | 'haltReason'>]?: Tenant[K] | undefined;
} & Omit<TenantSettings, Restorable | Removable> & {
    readonly [K in Removable]?: TenantSettings[K] | null;
  } & {
    readonly [K in Restorable]?: OrUsual<NonNullable<TenantSettings[K]>> | undefined;
  };

/** Choices that null removes. */
type Removable = 'publicUrl' | 'dataProtectionOfficer';

/** Choices that null resets to their default, purpose by purpose. */
export const RESTORABLE = ['bases', 'texts', 'plans', 'frequency'] as const;

/** One such choice. */
export type Restorable = (typeof RESTORABLE)[number];

/** Null resets to the default. */
type OrUsual<T> = { readonly [K in keyof T]: T[K] | null };

/** Applies a change to a tenant; settings merge by name, and null is never stored. */
export function changedTenant(tenant: Tenant, change: TenantChange): Tenant {
  const { bases, saleStatement, consentDefaults, plans, texts, frequency, ...others } = change;
  const {
    publicUrl,
    dataProtectionOfficer,
    weakWordings,
    confirmationSkips,
    appointmentReplies,
    onDecline,
    ifLate,
    goodFriday,
    undeliveredTwice,
    approval,
    ...fields
  } = others;
  const { settings } = tenant;
  return {
    ...tenant,
    ...defined(fields),
    settings: {
      ...settings,
      ...defined({
        weakWordings,
        confirmationSkips,
        appointmentReplies,
        onDecline,
        ifLate,
        goodFriday,
        undeliveredTwice,
        approval,
      }),
      ...defined({
        bases: merged(settings.bases, bases),
        consentDefaults: merged(settings.consentDefaults, consentDefaults),
        plans: merged(settings.plans, plans),
        texts: merged(settings.texts, texts),
        frequency: merged(settings.frequency, frequency),
      }),
      ...(bases?.marketing !== undefined && { saleStatement }),
      ...(publicUrl !== undefined && { publicUrl: publicUrl ?? undefined }),
      ...(dataProtectionOfficer !== undefined && {
        dataProtectionOfficer: dataProtectionOfficer ?? undefined,
      }),
    },
  };
}

function merged<T extends object>(kept: T | undefined, given: OrUsual<T> | undefined): T | undefined {
  if (given === undefined) return undefined;
  const entries = Object.entries({ ...kept, ...given }).filter(([, value]) => value !== null);
  // Names and values are those of T; only what goes back to the usual is gone.
  return Object.fromEntries(entries) as T;
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Names and values are those of T; only the absent ones are gone.
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/**
 * The conditions of the exception for existing customers, which a controller affirms and signs before it may
 * advertise to them without consent (CON-01).
 */
export const AFFIRMATIONS = bilingual.tenant.sale;

/** One condition of a statement. */
export type Affirmation = keyof typeof AFFIRMATIONS;

/** A signed statement; the controller keeps the paper itself. */
export interface SaleStatement {
  /** The place where the signed paper is kept. */
  readonly documentRef: string;
  /** ISO date. */
  readonly signedOn: string;
  /** The function of the signer; nobody's name. */
  readonly signedAs: string;
  readonly affirms: readonly Affirmation[];
}

/** Lists the conditions that a statement does not affirm; all of them are required. */
export const leftUnsaid = ({ affirms }: Pick<SaleStatement, 'affirms'>): string[] =>
  Object.keys(AFFIRMATIONS).filter((one) => !affirms.some((said) => said === one));

/** The criteria by which an account is chosen. */
export interface AccountRouteQuery {
  readonly purpose: TenantPurpose;
  /** The territory of the people; any when absent. */
  readonly territory?: Territory | undefined;
  readonly defaultName: string;
}

/** Returns the accounts of a route, first the one that sends while it can; the instance's default without a route. */
export function routedAccounts(
  { routes = {} }: { readonly routes?: AccountRoutes | undefined },
  { purpose, territory, defaultName }: AccountRouteQuery,
): readonly [string, ...string[]] {
  const here = territory === undefined ? undefined : routesAt(routes, territory);
  return listed(here?.[purpose] ?? here?.default ?? routes[purpose] ?? routes.default ?? defaultName);
}

/** Returns every account of a purpose's routes, for all territories, each once. */
export const everyRoutedAccount = (
  settings: Parameters<typeof routedAccounts>[0],
  asked: Omit<AccountRouteQuery, 'territory'>,
): readonly string[] => [
  ...new Set(
    [undefined, ...TERRITORIES].flatMap((territory) => routedAccounts(settings, { ...asked, territory })),
  ),
];

/** A department with a law of its own has the routes of the mainland, unless it has its own. */
const routesAt = ({ byTerritory = {} }: AccountRoutes, territory: Territory): RoutesByPurpose | undefined =>
  byTerritory[territory] ?? (territory.startsWith('FR-') ? byTerritory.FR : undefined);

const listed = (route: AccountRoute): readonly [string, ...string[]] =>
  typeof route === 'string' ? [route] : route;

/** Fields that decide when, by which sender and in which words messages are sent: a change needs a reason, except a first sender. */
const REASONED = ['profile', 'territory', 'timeZone', 'goodFriday', 'sender', 'texts', 'bases'] as const;

/** Fields that move or end planned messages, and are a matter of taste: changed without a reason. */
const PLAIN = ['ifLate', 'confirmationSkips', 'onDecline'] as const;

export type WeightyField = (typeof REASONED)[number] | (typeof PLAIN)[number];

/** Every field whose change is previewed, and audited with both values. */
export const WEIGHTY: readonly WeightyField[] = [...REASONED, ...PLAIN];

/** A changed field with both values, null where there is none; of choices by purpose, the purposes that change. */
export interface WeightyChange<Field extends string = WeightyField> {
  readonly field: Field;
  readonly before: unknown;
  readonly after: unknown;
  readonly needsReason: boolean;
}

/** Values by field; null or absent where there is none. */
type Values<Field extends string> = Readonly<Partial<Record<Field, unknown>>>;

/** Returns the changes of these fields of a tenant, a brand or a practice; unchanged values are left out. */
export function changesOf<Field extends WeightyField>(
  fields: readonly Field[],
  was: Values<Field>,
  is: Values<Field>,
): readonly WeightyChange<Field>[] {
  return fields.flatMap((field) => {
    const [before, after] = apart(was[field] ?? null, is[field] ?? null);
    const isFirst = field === 'sender' && before === null;
    const needsReason = !isFirst && REASONED.some((name) => name === field);
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ field, before, after, needsReason }];
  });
}

/** Returns the audit's record of such changes: the reason where one was given, and both values. */
export function auditOf(
  changes: readonly WeightyChange<string>[],
  reason: string | undefined,
): Readonly<Record<string, unknown>> {
  if (changes.length === 0) return {};
  const values = (which: 'before' | 'after'): Readonly<Record<string, unknown>> =>
    Object.fromEntries(changes.map((one) => [one.field, one[which]]));
  return { ...(reason === undefined ? {} : { reason }), before: values('before'), after: values('after') };
}

/** Returns the changes of the fields that need a reason; unchanged values are left out. */
export const weightyChanges = (before: Tenant, after: Tenant, on: Day): readonly WeightyChange[] =>
  changesOf(WEIGHTY, valuesOf(before, on), valuesOf(after, on));

/** Returns each field's value, by default the usual one of a day. */
const valuesOf = ({ settings, ...tenant }: Tenant, on: Day): Readonly<Record<WeightyField, unknown>> => ({
  profile: tenant.profile,
  territory: tenant.territory,
  timeZone: tenant.timeZone,
  sender: tenant.sender,
  goodFriday: settings.goodFriday ?? USUAL_GOOD_FRIDAY.on(on),
  texts: settings.texts ?? {},
  bases: settings.bases ?? {},
  ifLate: settings.ifLate ?? USUAL_IF_LATE.on(on),
  confirmationSkips: settings.confirmationSkips ?? false,
  onDecline: settings.onDecline ?? 'nothing',
});

/** Returns the differing purposes of two choices by purpose, null where nothing is chosen; any other value unchanged. */
function apart(one: unknown, other: unknown): readonly [unknown, unknown] {
  if (!isByPurpose(one) || !isByPurpose(other)) return [one, other];
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((name) => one[name] !== other[name])
    .toSorted();
  const picked = (from: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
    Object.fromEntries(names.map((name) => [name, from[name] ?? null]));
  return [picked(one), picked(other)];
}

const isByPurpose = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
