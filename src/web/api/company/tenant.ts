import type { z } from 'zod';
import type { Transaction } from '../../../platform/index.ts';
import { USUAL_GOOD_FRIDAY, USUAL_IF_LATE, frenchDay, type Day } from '../../../law/index.ts';
import { brandsOf, missingIdentity, type Tenant } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { EVERYBODY } from '../../server/caller.ts';
import { knownTenant } from '../../server/known-tenant.ts';
import { route, type Route } from '../../server/route.ts';
import { changeTenant } from './tenant-change.ts';
import { previewRoute } from './tenant-preview.ts';
import { TenantChangeAsked, TenantShown } from './tenant-schema.ts';

/** The routes of the caller's own controller. */
export const tenantRoutes = (api: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/tenant',
    roles: EVERYBODY,
    summary: 'Says who you are to those who receive your messages.',
    tag: 'Tenant',
    reply: TenantShown,
    run: async ({ tx }) => view(tx, await knownTenant(tx), frenchDay(api.clock.now())),
  }),
  route({
    method: 'patch',
    path: '/v1/tenant',
    roles: ['admin'],
    summary: 'Changes it; what is left out stays as it is.',
    tag: 'Tenant',
    body: TenantChangeAsked,
    reply: TenantShown,
    run: async ({ tx, caller, body }) =>
      view(tx, await changeTenant(tx, { ...api, caller, body }), frenchDay(api.clock.now())),
  }),
  previewRoute(api),
];

/** The values in force while a tenant has chosen nothing else. */
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

/** Keeps the choices made; undefined ones are left out. */
const chosen = (settings: Settings): { [Name in keyof Settings]: Exclude<Settings[Name], undefined> } =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
