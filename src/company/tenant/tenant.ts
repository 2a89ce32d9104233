import { REMINDERS, TERRITORIES, type Territory, type GoodFridayChoice, type Day } from '../../rule/index.ts';
import { type Basis, type IfLate, USUAL_GOOD_FRIDAY, USUAL_IF_LATE } from '../../law/index.ts';
import { PROHIBITED_SECTORS } from '../../sms/index.ts';
import { bilingual } from '../../words/index.ts';

/** The purposes for which a tenant's people are written to. */
export const PURPOSES = ['marketing', ...REMINDERS] as const;

/** A member of `PURPOSES`; `marketing` alone is advertising. */
export type TenantPurpose = (typeof PURPOSES)[number];

/** The sectors of activity; that of a tenant decides how its texts are checked, and their variables. */
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

/** The ways in which somebody is reached. */
export interface ContactMeans {
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly address?: string | undefined;
  readonly url?: string | undefined;
}

/** One account, or several in order of preference. */
export type AccountRoute = string | readonly [string, ...string[]];

/** Routes by purpose, and one for all other purposes. */
export type RoutesByPurpose = { readonly [P in TenantPurpose | 'default']?: AccountRoute | undefined };

/** The accounts of a tenant's messages, by purpose and by territory. */
export interface AccountRoutes extends RoutesByPurpose {
  readonly byTerritory?: { readonly [T in Territory]?: RoutesByPurpose | undefined } | undefined;
  /** Purposes whose campaigns change to the next account by themselves; all others wait for a person. */
  readonly failOver?: readonly TenantPurpose[] | undefined;
}

type ByPurpose<T> = { readonly [P in TenantPurpose]?: T };

/** The choices of a tenant, which are stored as one JSON value. */
interface TenantSettings {
  /** The basis that is used besides consent, by purpose. */
  readonly bases?: ByPurpose<Basis> | undefined;
  /** The signed statement behind advertising to customers; removed when the tenant stops it. */
  readonly saleStatement?: SaleStatement | undefined;
  readonly consentDefaults?: ByPurpose<{ readonly method: string; readonly wordingId: string }> | undefined;
  /** When reminders are sent before the event, as ISO 8601 durations, by purpose. */
  readonly plans?: ByPurpose<readonly string[]> | undefined;
  /** Texts instead of the default ones, by purpose. */
  readonly texts?: ByPurpose<string> | undefined;
  /** The accounts that carry its messages; the default account of the instance when absent. */
  readonly routes?: AccountRoutes | undefined;
  /** Senders allowed besides its own; null or absent when there is no list. */
  readonly senders?: readonly string[] | null | undefined;
  /** Base URL of its pages, without a slash at the end; the address of the instance when absent. */
  readonly publicUrl?: string | undefined;
  /** How its data protection officer is reached, as forms and the register show it. */
  readonly dataProtectionOfficer?: ContactMeans | undefined;
  /** What becomes of agreements to wordings with findings; by default they are kept. */
  readonly weakWordings?: (typeof WEAK_WORDINGS)[number] | undefined;
  /** True when a confirmed appointment gets no further reminders. */
  readonly confirmationSkips?: boolean | undefined;
  /** False when OUI and ANNULER by SMS do not act on the appointment of the reminder; by default they do. */
  readonly appointmentReplies?: boolean | undefined;
  /** What a declined booking does to its reminders; by default they go on. */
  readonly onDecline?: OnDecline | undefined;
  /** What becomes of a reminder whose time has passed when it is booked; by default it is sent at the next lawful moment. */
  readonly ifLate?: IfLate | undefined;
  /** Whether Good Friday is a holiday where its people in Alsace-Moselle live; by default it is. */
  readonly goodFriday?: GoodFridayChoice | undefined;
  /** What becomes of open series whose number two reminders in a row did not reach; by default they go on. */
  readonly undeliveredTwice?: (typeof UNDELIVERED_TWICE)[number] | undefined;
  /** The most messages to one person, by purpose; unlimited when absent. */
  readonly frequency?:
    | {
        readonly [P in TenantPurpose]?: {
          /** On a calendar day in the person's zone. */
          readonly perDay?: number | undefined;
          /** In thirty days. */
          readonly perMonth?: number | undefined;
        };
      }
    | undefined;
  /** From when a campaign needs a second person's approval; never when absent. */
  readonly approval?: ApprovalThreshold | undefined;
}

/** Limits above which a campaign is launched only after somebody else's approval. */
export interface ApprovalThreshold {
  readonly recipients?: number | undefined;
  /** In the account's currency. */
  readonly cost?: { readonly amount: string; readonly currency: string } | undefined;
}

/** What may become of agreements to wordings with findings. */
export const WEAK_WORDINGS = ['kept', 'refused'] as const;

/** What a NON may do to the reminders of its booking. */
export const ON_DECLINE = ['nothing', 'cancel'] as const;

/** A member of `ON_DECLINE`. */
export type OnDecline = (typeof ON_DECLINE)[number];

/** What may become of open series whose number two reminders in a row did not reach. */
export const UNDELIVERED_TWICE = ['goes-on', 'paused'] as const;

/** A tenant: one controller, with its settings. */
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
  /** Sites that its texts may link to; without any, links are not checked. */
  readonly domains: readonly string[];
  readonly settings: TenantSettings;
  readonly halted: boolean;
  readonly haltReason: string | null;
  /** True when messages are decided and counted, and none is sent. */
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

/** A change of a tenant by its admin; absent fields stay. */
export type TenantChange = {
  readonly [K in Exclude<keyof Tenant, 'id' | 'settings' | 'halted' | 'haltReason'>]?: Tenant[K] | undefined;
} & Omit<TenantSettings, Restorable | Removable> & {
    readonly [K in Removable]?: TenantSettings[K] | null;
  } & {
    readonly [K in Restorable]?: OrNull<NonNullable<TenantSettings[K]>> | undefined;
  };

/** Choices that null removes. */
type Removable = 'publicUrl' | 'dataProtectionOfficer';

/** Choices by purpose, of which null resets a purpose to the default. */
export const RESTORABLE = ['bases', 'texts', 'plans', 'frequency'] as const;

/** A member of `RESTORABLE`. */
export type Restorable = (typeof RESTORABLE)[number];

type OrNull<T> = { readonly [K in keyof T]: T[K] | null };

/** Returns a tenant after a change; choices by purpose are merged, and null is never stored. */
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
        bases: mergedChoice(settings.bases, bases),
        consentDefaults: mergedChoice(settings.consentDefaults, consentDefaults),
        plans: mergedChoice(settings.plans, plans),
        texts: mergedChoice(settings.texts, texts),
        frequency: mergedChoice(settings.frequency, frequency),
      }),
      ...(bases?.marketing !== undefined && { saleStatement }),
      ...(publicUrl !== undefined && { publicUrl: publicUrl ?? undefined }),
      ...(dataProtectionOfficer !== undefined && {
        dataProtectionOfficer: dataProtectionOfficer ?? undefined,
      }),
    },
  };
}

function mergedChoice<T extends object>(kept: T | undefined, given: OrNull<T> | undefined): T | undefined {
  if (given === undefined) return undefined;
  const entries = Object.entries({ ...kept, ...given }).filter(([, value]) => value !== null);
  // Names and values are those of T, without the choices that null has reset.
  return Object.fromEntries(entries) as T;
}

function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Names and values are those of T, without the absent ones.
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/**
 * The conditions of the exception for existing customers, which a controller affirms and signs before it may
 * advertise to them without consent (CON-01).
 */
export const AFFIRMATIONS = bilingual.tenant.sale;

/** One of the conditions. */
export type Affirmation = keyof typeof AFFIRMATIONS;

/** A signed statement on these conditions; the controller keeps the paper. */
export interface SaleStatement {
  /** Where the controller keeps the signed paper. */
  readonly documentRef: string;
  /** ISO date. */
  readonly signedOn: string;
  /** The function of the signer, not their name. */
  readonly signedAs: string;
  readonly affirms: readonly Affirmation[];
}

/** Lists the conditions that a statement does not affirm; all of them are required. */
export const leftUnsaid = ({ affirms }: Pick<SaleStatement, 'affirms'>): string[] =>
  Object.keys(AFFIRMATIONS).filter((one) => !affirms.some((said) => said === one));

/** By what the accounts of a route are chosen. */
export interface AccountRouteQuery {
  readonly purpose: TenantPurpose;
  /** The territory of the recipients; any when absent. */
  readonly territory?: Territory | undefined;
  readonly defaultName: string;
}

/** Returns the names of the accounts of a route, in order of preference; the default account without a route. */
export function routedAccounts(
  { routes = {} }: { readonly routes?: AccountRoutes | undefined },
  { purpose, territory, defaultName }: AccountRouteQuery,
): readonly [string, ...string[]] {
  const here = territory === undefined ? undefined : routesAt(routes, territory);
  return accountsOf(here?.[purpose] ?? here?.default ?? routes[purpose] ?? routes.default ?? defaultName);
}

/** Returns the names of the accounts of a purpose in all territories, each once. */
export const everyRoutedAccount = (
  settings: Parameters<typeof routedAccounts>[0],
  query: Omit<AccountRouteQuery, 'territory'>,
): readonly string[] => [
  ...new Set(
    [undefined, ...TERRITORIES].flatMap((territory) => routedAccounts(settings, { ...query, territory })),
  ),
];

/** Returns the routes of a territory; a department (`FR-…`) without its own has those of the mainland. */
const routesAt = ({ byTerritory = {} }: AccountRoutes, territory: Territory): RoutesByPurpose | undefined =>
  byTerritory[territory] ?? (territory.startsWith('FR-') ? byTerritory.FR : undefined);

const accountsOf = (route: AccountRoute): readonly [string, ...string[]] =>
  typeof route === 'string' ? [route] : route;

/** Fields whose change needs a reason, since they decide when, by which sender and in which words messages are sent. */
const REASONED = ['profile', 'territory', 'timeZone', 'goodFriday', 'sender', 'texts', 'bases'] as const;

/** Fields whose change needs no reason although it may move or end planned messages. */
const PLAIN = ['ifLate', 'confirmationSkips', 'onDecline'] as const;

export type WeightyField = (typeof REASONED)[number] | (typeof PLAIN)[number];

/** The fields whose change is previewed, and audited with both values. */
export const WEIGHTY: readonly WeightyField[] = [...REASONED, ...PLAIN];

/** A changed field with both values, null for none; of choices by purpose only the purposes that change. */
export interface WeightyChange<Field extends string = WeightyField> {
  readonly field: Field;
  readonly before: unknown;
  readonly after: unknown;
  readonly needsReason: boolean;
}

type Values<Field extends string> = Readonly<Partial<Record<Field, unknown>>>;

/** Returns the changed fields among some of a tenant, a brand or a practice; a first sender needs no reason. */
export function changesOf<Field extends WeightyField>(
  fields: readonly Field[],
  was: Values<Field>,
  is: Values<Field>,
): readonly WeightyChange<Field>[] {
  return fields.flatMap((field) => {
    const [before, after] = differences(was[field] ?? null, is[field] ?? null);
    const isFirst = field === 'sender' && before === null;
    const needsReason = !isFirst && REASONED.some((name) => name === field);
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ field, before, after, needsReason }];
  });
}

/** Builds the audit details of changes: the reason where one was given, and both values. */
export function auditOf(
  changes: readonly WeightyChange<string>[],
  reason: string | undefined,
): Readonly<Record<string, unknown>> {
  if (changes.length === 0) return {};
  const values = (which: 'before' | 'after'): Readonly<Record<string, unknown>> =>
    Object.fromEntries(changes.map((one) => [one.field, one[which]]));
  return { ...(reason === undefined ? {} : { reason }), before: values('before'), after: values('after') };
}

/** Returns the changes of a tenant in the fields of `WEIGHTY`; defaults are those of a day. */
export const weightyChanges = (before: Tenant, after: Tenant, on: Day): readonly WeightyChange[] =>
  changesOf(WEIGHTY, valuesOf(before, on), valuesOf(after, on));

/** Returns the value of each field; a choice that was not made has the default of a day. */
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

/** Reduces two choices by purpose to the purposes that differ, null for no choice; returns other values unchanged. */
function differences(one: unknown, other: unknown): readonly [unknown, unknown] {
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
