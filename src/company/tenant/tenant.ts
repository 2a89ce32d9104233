import type { Basis, Territory, GoodFridayChoice, IfLate } from '../../law/index.ts';
import { BARRED_SECTORS } from '../../sms/index.ts';
import type { SaleStatement } from './sale-statement.ts';

/** The purposes for which people are written to on behalf of a tenant. */
export const PURPOSES = ['marketing', 'appointment', 'renewal', 'payment'] as const;

/** One of them. */
export type TenantPurpose = (typeof PURPOSES)[number];

/** What a tenant is, which decides guards and variables. */
export const SECTORS = [
  'general',
  'health',
  'finance',
  'services',
  'retail',
  'public',
  ...BARRED_SECTORS,
] as const;

/** One of them. */
export type Sector = (typeof SECTORS)[number];

/** How a person reaches the publisher of a message. */
export interface ContactMeans {
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly address?: string | undefined;
  readonly url?: string | undefined;
}

/** How consent given by date alone is completed. */
interface ConsentDefault {
  readonly method: string;
  readonly wordingId: string;
}

/** One account, or several of which each is for when those before it cannot send. */
export type AccountRoute = string | readonly [string, ...string[]];

/** Routes by purpose, and one for all the others. */
export type RoutesByPurpose = { readonly [P in TenantPurpose | 'default']?: AccountRoute | undefined };

/** The accounts that a tenant's messages take, by purpose and by where people are. */
export interface AccountRoutes extends RoutesByPurpose {
  readonly byTerritory?: { readonly [T in Territory]?: RoutesByPurpose | undefined } | undefined;
  /** Purposes whose campaigns take the next account by themselves; the others wait for a person. */
  readonly failOver?: readonly TenantPurpose[] | undefined;
}

type ByPurpose<T> = { readonly [P in TenantPurpose]?: T };

/** Choices kept as one JSON value of the tenant. */
interface TenantSettings {
  /** The basis admitted besides consent, by purpose. */
  readonly bases?: ByPurpose<Basis> | undefined;
  /** What was signed for the basis of advertising that is open; gone once it is closed. */
  readonly saleStatement?: SaleStatement | undefined;
  readonly consentDefaults?: ByPurpose<ConsentDefault> | undefined;
  /** Offsets before the event, ISO 8601 durations, by purpose. */
  readonly plans?: ByPurpose<readonly string[]> | undefined;
  /** Texts instead of the default ones, by purpose. */
  readonly texts?: ByPurpose<string> | undefined;
  /** The accounts its messages take, by purpose; the instance's default one without them. */
  readonly routes?: AccountRoutes | undefined;
  /** Who may stand as sender besides its own; null or absent when no list is kept. */
  readonly senders?: readonly string[] | null | undefined;
  /** Where people reach its pages, without a slash at the end; the instance's own address when absent. */
  readonly publicUrl?: string | undefined;
  /** How its data protection officer is reached; forms and the register say it. */
  readonly dataProtectionOfficer?: ContactMeans | undefined;
  /** What becomes of agreements to words that lack something; they are kept, with findings. */
  readonly weakWordings?: WeakWordings | undefined;
  /** Whether a person who confirmed is reminded no more of that appointment. */
  readonly confirmationSkips?: boolean | undefined;
  /** Whether OUI and ANNULER by SMS act on the appointment reminded of; they do unless this is false. */
  readonly appointmentReplies?: boolean | undefined;
  /** What becomes of the reminders of a booking whose person answers that they do not come; they go on. */
  readonly onDecline?: OnDecline | undefined;
  /** What becomes of a reminder that is booked too late for its wish; it leaves at the next lawful moment. */
  readonly ifLate?: IfLate | undefined;
  /** Whether Good Friday is a holiday in the communes of Alsace-Moselle where its people live; it is unless said. */
  readonly goodFriday?: GoodFridayChoice | undefined;
  /** What becomes of the open series of a number that two reminders in a row did not reach; they go on. */
  readonly undeliveredTwice?: UndeliveredTwice | undefined;
  /** How often one person is written to at most, by purpose; without it as often as planned. */
  readonly frequency?: { readonly [P in TenantPurpose]?: FrequencyCap } | undefined;
  /** From where on a campaign needs a second person; none without it. */
  readonly approval?: ApprovalThreshold | undefined;
}

/** A campaign beyond any of these is launched only after somebody else approved it. */
export interface ApprovalThreshold {
  readonly recipients?: number | undefined;
  /** Of the account's currency. */
  readonly cost?: { readonly amount: string; readonly currency: string } | undefined;
}

/** At most so many messages of one purpose to one person. */
interface FrequencyCap {
  /** On one calendar day where the person is. */
  readonly perDay?: number | undefined;
  /** In thirty days. */
  readonly perMonth?: number | undefined;
}

/** What may become of agreements to words with findings. */
export const WEAK_WORDINGS = ['kept', 'refused'] as const;

/** One of them. */
type WeakWordings = (typeof WEAK_WORDINGS)[number];

/** What a NON may do to the reminders of its booking. */
export const ON_DECLINE = ['nothing', 'cancel'] as const;

/** One of them. */
export type OnDecline = (typeof ON_DECLINE)[number];

/** What may become of series whose number is in doubt. */
export const UNDELIVERED_TWICE = ['goes-on', 'paused'] as const;

/** One of them. */
type UndeliveredTwice = (typeof UNDELIVERED_TWICE)[number];

/** The controller, as its admin sees it. */
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
  /** Sites that its texts may link to; none declared, links are not judged. */
  readonly domains: readonly string[];
  readonly settings: TenantSettings;
  readonly halted: boolean;
  readonly haltReason: string | null;
  /** Everything is decided and counted, and nothing leaves. */
  readonly shadow: boolean;
}

/** Fields that a real account asks for and this tenant has not given. */
export function missingIdentity(tenant: Pick<Tenant, 'legalName' | 'contact'>): string[] {
  return [
    ...(tenant.legalName === UNNAMED ? ['legalName'] : []),
    ...(Object.values(tenant.contact).some((means) => means !== undefined && means !== '')
      ? []
      : ['contact']),
  ];
}

/** The first tenant until somebody says who they are. */
export const UNNAMED = 'Ma société (à compléter)';

/** Everything a tenant may change about itself, besides its only brand. */
export type TenantChange = { readonly [K in ChangedField]?: Tenant[K] | undefined } & Omit<
  TenantSettings,
  Restorable | Removable
> & { readonly [K in Removable]?: TenantSettings[K] | null } & {
    readonly [K in Restorable]?: OrUsual<NonNullable<TenantSettings[K]>> | undefined;
  };

/** Choices that null takes away. */
type Removable = 'publicUrl' | 'dataProtectionOfficer';

/** Choices that null takes back, purpose by purpose. */
export const RESTORABLE = ['bases', 'texts', 'plans', 'frequency'] as const;

/** One of them. */
export type Restorable = (typeof RESTORABLE)[number];

/** Null brings back what is usual. */
type OrUsual<T> = { readonly [K in keyof T]: T[K] | null };

type ChangedField = Exclude<keyof Tenant, 'id' | 'settings' | 'halted' | 'haltReason'>;

/** The tenant once the change is applied; settings merge by name, and null is never stored. */
export function changed(tenant: Tenant, change: TenantChange): Tenant {
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

/** Without the fields that were not given. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  // Names and values are those of T; only the absent ones are gone.
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
