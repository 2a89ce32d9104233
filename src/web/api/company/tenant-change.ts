import type { z } from 'zod';
import { followHours } from '../../../campaigns/index.ts';
import { Refusal, type Clock, type Transaction } from '../../../platform/index.ts';
import { wakeConcerned, type ChoiceChange } from '../../../reminders/index.ts';
import {
  recordAudit,
  brandsOf,
  putBrand,
  holdChoices,
  saveTenant,
  changedTenant,
  RESTORABLE,
  auditOf,
  weightyChanges,
  routedAccounts,
  PURPOSES,
  type Restorable,
  type Tenant,
  type WeightyChange,
  type AccountRoutes,
  type TenantPurpose,
} from '../../../company/index.ts';
import { hasOpenCampaigns } from '../../../operations/index.ts';
import type { Api } from '../../server/route.ts';
import { actorOf, knownTenant, type Caller } from '../../server/caller.ts';
import { wrongField } from '../../server/input-error.ts';
import { moment, present } from '../../server/schema.ts';
import { refuseUnsigned, type TenantChangeAsked, refuseSender } from './tenant-schema.ts';
import { bilingual, languageOf } from '../../../words/index.ts';
import { frenchDay, isTerritory, type Day } from '../../../rule/index.ts';
import {
  asksForAnswer,
  canReceiveAnswers,
  checkText,
  foundInEach,
  type OptOutMeans,
} from '../../../sms/index.ts';
import { accountTerms, type ApiGateway } from '../../../gateways/index.ts';

type Body = z.output<typeof TenantChangeAsked>;

interface Asked {
  readonly clock: Clock;
  readonly gateways: Api['gateways'];
  readonly body: Body;
}

export interface JudgedChange {
  readonly before: Tenant;
  readonly after: Tenant;
  readonly weighty: readonly WeightyChange[];
}

/** Checks a change without writing it; refuses it when it is not allowed. */
export async function judgeChange(
  tx: Transaction,
  { clock, gateways, body: asked }: Asked,
  lock: 'read' | 'change',
): Promise<JudgedChange> {
  const { brand: _brand, reason: _reason, ...body } = asked;
  refuseUnsigned(body, clock.now());
  if (lock === 'change') await holdChoices(tx, 'change');
  const before = await knownTenant(tx, lock);
  if (before.shadow && body.shadow === false && (await hasOpenCampaigns(tx)))
    throw new Refusal('SHADOW_CAMPAIGNS_OPEN');
  const after = changedTenant(before, body);
  if (after.sender !== null)
    refuseSender(after.sender, { sector: after.sector, pointer: '/sender', on: frenchDay(clock.now()) });
  const { sector, locale, domains, settings } = after;
  const deaf = isDeafSomewhere(gateways, settings.routes);
  refuseTexts(body.texts, { sector, locale, domains, deaf, on: frenchDay(clock.now()) });
  return { before, after, weighty: weightyChanges(before, after, frenchDay(clock.now())) };
}

export const fieldsWithReason = ({ bases }: Pick<Body, 'bases'>, { weighty }: JudgedChange): string[] => [
  ...new Set([
    ...(bases === undefined ? [] : ['bases']),
    ...weighty.filter(({ needsReason }) => needsReason).map(({ field }) => field),
  ]),
];

/** Changes the company, and its campaigns and reminders in the same transaction. */
export async function changeTenant(
  tx: Transaction,
  order: Asked & { readonly caller: Caller },
): Promise<Tenant> {
  const { clock, caller, body } = order;
  const judged = await judgeChange(tx, order, 'change');
  refuseWithoutReason(body.reason, fieldsWithReason(body, judged).length > 0);
  const { after } = judged;
  await saveTenant(tx, after, clock.now().toISO());
  if (body.brand !== undefined) await renameOnlyBrand(tx, clock, body.brand);
  await follow(tx, { clock }, judged);
  const entry = { actor: actorOf(caller), action: 'tenant.changed', subject: after.id };
  await recordAudit(tx, { ...entry, details: detailsOf(body, judged) }, moment(clock));
  if (body.bases?.marketing !== undefined) await noteCustomers(tx, { clock, caller, tenant: after });
  return after;
}

export function refuseWithoutReason(reason: string | undefined, isNeeded: boolean): void {
  if (isNeeded && reason === undefined) throw wrongField('/reason', bilingual.request.reasonMissing);
}

/** Adapts campaigns and reminders that were planned under the former settings. */
async function follow(
  tx: Transaction,
  deps: { readonly clock: Clock },
  { after, weighty }: JudgedChange,
): Promise<void> {
  const fields = new Set<string>(weighty.map(({ field }) => field));
  const isProfile = fields.has('profile');
  if (isProfile || fields.has('goodFriday'))
    await followHours(tx, deps, isProfile ? { profile: after.profile } : {});
  const change = choicesChanged({ after, weighty });
  if (Object.keys(change).length > 0) await wakeConcerned(tx, deps, { change });
}

/** Returns the choices about reminders that have changed, with their new values. */
export function choicesChanged({ after, weighty }: Pick<JudgedChange, 'after' | 'weighty'>): ChoiceChange {
  const fields = new Set<string>(weighty.map(({ field }) => field));
  const { goodFriday, ifLate, confirmationSkips, onDecline } = after.settings;
  return {
    ...(fields.has('goodFriday') && goodFriday !== undefined ? { goodFriday } : {}),
    ...(fields.has('ifLate') && ifLate !== undefined ? { ifLate } : {}),
    ...(fields.has('confirmationSkips') && confirmationSkips !== undefined ? { confirmationSkips } : {}),
    ...(fields.has('onDecline') && onDecline !== undefined ? { onDecline } : {}),
  };
}

/**
 * Returns the details for the audit: the changed fields, the reason, and both values of fields with an effect on
 * messages.
 */
const detailsOf = (body: Body, { weighty }: JudgedChange): Readonly<Record<string, unknown>> => ({
  fields: Object.keys(body),
  ...(body.bases && { bases: body.bases }),
  ...present({ reason: body.reason, shadow: body.shadow }),
  ...auditOf(weighty, body.reason),
  ...restored(body),
});

function restored(body: Pick<Body, Restorable>): {
  restored?: string[];
} {
  const names = RESTORABLE.flatMap((field) =>
    Object.entries(body[field] ?? {}).flatMap(([purpose, value]) =>
      value === null ? [`${field}.${purpose}`] : [],
    ),
  );
  return names.length === 0 ? {} : { restored: names };
}

/** Records the signed statement about customers and its period in the audit, as evidence. */
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
    throw wrongField('/brand', 'There are several brands: PUT /v1/brands/:externalId.');
  await putBrand(tx, clock, {
    externalId: first?.externalId ?? 'default',
    name,
    sender: first?.sender ?? null,
  });
}

/** Refuses default texts that could never be sent. */
export function refuseTexts(
  texts: { readonly [P in TenantPurpose]?: string | null } | undefined,
  {
    sector,
    locale,
    domains,
    deaf,
    on,
  }: {
    readonly sector: string;
    /** The tenant's locale, in whose language the texts are. */
    readonly locale: string;
    readonly domains: readonly string[];
    /** True when some account that reminders may use receives no answers. */
    readonly deaf: boolean;
    readonly on: Day;
  },
): void {
  const means: OptOutMeans = { ...USUAL, canReceiveAnswers: !deaf };
  const found = PURPOSES.flatMap((purpose) => {
    const text = texts?.[purpose];
    if (text === undefined || text === null) return [];
    const about = { text, purpose, on, sector, ownDomains: domains, means, language: languageOf(locale) };
    return foundInEach((readBy) => checkText({ ...about, readBy }).findings)
      .filter(({ severity }) => severity === 'error')
      .map(({ code, message }) => ({
        code,
        error: { in: 'body' as const, pointer: `/texts/${purpose}`, message },
      }));
  });
  if (found.length === 0) return;
  const isUnheard = found.every(({ code }) => code === 'ANSWERS_IMPOSSIBLE');
  throw new Refusal(isUnheard ? 'ANSWERS_IMPOSSIBLE' : 'CONTENT_REFUSED', {
    errors: found.map(({ error }) => error),
  });
}

/** The means by which texts are judged, since the account depends on the booking: an account with a short code. */
const USUAL: OptOutMeans = { stopCode: '36180', canReceive: false, stopMentionReclassifies: false };

/** Says whether some account that reminders of appointments may use receives no answers. */
function isDeafSomewhere(gateways: readonly ApiGateway[], routes: AccountRoutes | undefined): boolean {
  const terms = accountTerms(gateways);
  const { defaultName } = terms;
  const places = [undefined, ...Object.keys(routes?.byTerritory ?? {}).filter((name) => isTerritory(name))];
  return places
    .flatMap((territory) => routedAccounts({ routes }, { purpose: 'appointment', territory, defaultName }))
    .some((name) => !canReceiveAnswers(terms.means(name)));
}

/** Refuses routes with which reminders would ask for answers that nobody receives. */
export function refuseDeafRoutes(
  gateways: readonly ApiGateway[],
  { settings: { texts } }: Pick<Tenant, 'settings'>,
  routes: AccountRoutes,
): void {
  if (!asksForAnswer(texts?.appointment ?? '') || !isDeafSomewhere(gateways, routes)) return;
  const message = bilingual.booking.deafRoutes;
  throw new Refusal('ANSWERS_IMPOSSIBLE', { errors: [{ in: 'body', pointer: '/appointment', message }] });
}
