import { z } from 'zod';
import { type Transaction, sealOf, Refusal } from '../../../platform/index.ts';
import { EVERYBODY, OPERATING } from '../../../base/index.ts';
import {
  trustAccount,
  trustOwnAccount,
  idOfAccountNamed,
  haltAccount,
  haltAccountForTenant,
  haltTenant,
  wakeHeld,
  wakeHeldOn,
  type Halt,
  haltsInForce,
  haltSentence,
} from '../../../sending/index.ts';
import {
  recordAudit,
  keepChoice,
  tenantOf,
  PURPOSES,
  type AccountRoutes,
  type RoutesByPurpose,
  refuseTransfer,
} from '../../../company/index.ts';
import { route, orNotFound, tagged, type Route } from '../../server/route.ts';
import { actorOf, knownTenant } from '../../server/caller.ts';
import { AccountField, moment, AuditReason, ByAccount } from '../../server/schema.ts';
import { TERRITORIES } from '../../../rule/index.ts';
import { refuseDeafRoutes } from './tenant-change.ts';

const Order = z.discriminatedUnion('halted', [
  z.strictObject({ halted: z.literal(true), reason: AuditReason }),
  z.strictObject({ halted: z.literal(false), reason: AuditReason.optional() }),
]);

const State = z.object({ halted: z.boolean(), reason: z.string().nullable() });

export const HaltsShown = z
  .object({
    sealed: z.boolean().describe('The instance is sealed after a restore: nothing leaves.'),
    halts: z
      .array(
        z.object({
          gateway: z
            .string()
            .nullable()
            .meta({ description: 'The account that is halted; null: everything of the tenant.' }),
          forAll: z
            .boolean()
            .meta({ description: 'The account is halted for every tenant: the instance alone releases it.' }),
          reason: z.string(),
          since: z.string().nullable(),
          by: z.string().nullable().describe('As the audit names them.'),
          byName: z.string().nullable().describe('The name of their key.'),
          text: z.string().describe('All of it in one sentence.'),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Halts' });

/** The routes that halt all messages of a tenant, or those on one account. */
export const haltRoutes = tagged('Operating', [
  route('GET /v1/halt', {
    roles: EVERYBODY,
    summary: 'What is halted now: everything or an account, since when, by whom and why.',
    reply: HaltsShown,
    run: async ({ api: { clock }, tx, language }) => {
      const { timeZone: zone } = await knownTenant(tx);
      const view = { language, zone, now: clock.now() };
      const halts = (await haltsInForce(tx)).map((halt) =>
        Object.assign({}, halt, { text: haltSentence(halt, view) }),
      );
      return { sealed: (await sealOf(tx)) !== undefined, halts };
    },
  }),
  route('PUT /v1/halt', {
    roles: OPERATING,
    summary: 'Nothing more is marked in this tenant, from the next mark on.',
    body: Order,
    reply: State,
    run: async ({ api: { clock }, tx, caller, body: { halted, reason } }) => {
      const when = moment(clock);
      await haltTenant(tx, { halted, reason, at: when.at, actor: actorOf(caller) });
      if (!halted) await wakeHeld(tx, when);
      const action = halted ? 'tenant.halted' : 'tenant.released';
      await recordAudit(tx, { actor: actorOf(caller), action, details: { reason: reason ?? null } }, when);
      return { halted, reason: halted ? (reason ?? null) : null };
    },
  }),
  route('PUT /v1/gateways/{name}/halt', {
    roles: ['admin', 'operator', 'instance'],
    summary: 'Nothing more is marked on this account: for this tenant, or for all when the instance says so.',
    params: ByAccount,
    body: Order,
    reply: State,
    run: async ({ api: { clock }, tx, caller, params: { name }, body: { halted, reason } }) => {
      const when = moment(clock);
      const account = orNotFound(await idOfAccountNamed(tx, name));
      const halt = { halted, reason, at: when.at, actor: actorOf(caller) };
      await (caller.role === 'instance'
        ? haltForAll(tx, account, { halt, when })
        : haltForOne(tx, account, { halt, when }));
      return { halted, reason: halted ? (reason ?? null) : null };
    },
  }),
]);

interface Halting {
  readonly halt: Halt;
  readonly when: ReturnType<typeof moment>;
}

async function haltForAll(tx: Transaction, account: string, { halt, when }: Halting): Promise<void> {
  await haltAccount(tx, account, halt);
  if (halt.halted) return;
  await trustAccount(tx, account);
  await wakeHeldOn(tx, account, when);
}

async function haltForOne(tx: Transaction, account: string, { halt, when }: Halting): Promise<void> {
  await haltAccountForTenant(tx, account, halt);
  if (!halt.halted) {
    await trustOwnAccount(tx, account);
    await wakeHeld(tx, when);
  }
  const action = halt.halted ? 'gateway.halted' : 'gateway.released';
  const details = { reason: halt.reason ?? null };
  await recordAudit(tx, { actor: halt.actor, action, subject: account, details }, when);
}

const Route = z
  .union([
    AccountField,
    z.tuple([AccountField], AccountField).refine((names) => names.length <= 4, 'at most four accounts'),
  ])
  .refine((names) => typeof names === 'string' || new Set(names).size === names.length, 'each account once')
  .meta({ description: 'An account, or several of which each is for when those before it cannot send.' });
const byPurpose = {
  marketing: Route.optional(),
  appointment: Route.optional(),
  renewal: Route.optional(),
  payment: Route.optional(),
  default: Route.optional(),
};

const Routes = z
  .strictObject({
    ...byPurpose,
    byTerritory: z.partialRecord(z.enum(TERRITORIES), z.strictObject(byPurpose)).optional(),
    failOver: z.array(z.enum(PURPOSES)).max(PURPOSES.length).optional(),
  })
  .meta({
    id: 'AccountRoutes',
    description:
      'Accounts by purpose, for all the others, and where people are; `failOver` names the purposes whose campaigns take the next account by themselves.',
  });

export const accountRouteRoutes = tagged('Operating', [
  route('GET /v1/routes', {
    roles: EVERYBODY,
    summary: 'Says which account your messages take, by purpose.',
    reply: Routes,
    run: async ({ tx }) => chosen(tx),
  }),
  route('PUT /v1/routes', {
    roles: ['admin'],
    summary:
      'Replaces them: what is made from now on takes their first accounts, and what cannot leave the next.',
    body: Routes,
    reply: Routes,
    run: async ({ api: { clock, gateways }, tx, caller, body }) => {
      const when = moment(clock);
      await refuseUnusable(tx, body);
      const tenant = await tenantOf(tx);
      if (tenant !== undefined) refuseDeafRoutes(gateways, tenant, body);
      await keepChoice(tx, { name: 'routes', value: body, at: when.at });
      const entry = { actor: actorOf(caller), action: 'tenant.routes-changed', details: { routes: body } };
      await recordAudit(tx, entry, when);
      return body;
    },
  }),
]);

async function chosen(tx: Transaction): Promise<z.output<typeof Routes>> {
  return Routes.parse((await tenantOf(tx))?.settings.routes ?? {});
}

/** Refuses routes to unknown accounts, and to accounts whose processor this tenant may not use. */
async function refuseUnusable(
  tx: Transaction,
  { byTerritory = {}, ...everywhere }: AccountRoutes,
): Promise<void> {
  const sector = (await tenantOf(tx))?.sector ?? '';
  for (const { name, pointer } of [
    ...namedIn(everywhere, ''),
    ...Object.entries(byTerritory).flatMap(([place, routes = {}]) =>
      namedIn(routes, `/byTerritory/${place}`),
    ),
  ]) {
    const accountId = await idOfAccountNamed(tx, name);
    if (accountId === undefined) {
      const unknown = { in: 'body', pointer, message: 'no account has this name' } as const;
      throw new Refusal('GATEWAY_NOT_FOUND', { errors: [unknown] });
    }
    await refuseTransfer(tx, { accountId, sector });
  }
}

/** Lists the accounts in some routes, with their pointers in the body. */
const namedIn = (routes: RoutesByPurpose, under: string) =>
  [...PURPOSES, 'default' as const].flatMap((purpose) => {
    const taken = routes[purpose];
    const pointer = `${under}/${purpose}`;
    if (taken === undefined) return [];
    return typeof taken === 'string'
      ? [{ name: taken, pointer }]
      : taken.map((name, turn) => ({ name, pointer: `${pointer}/${turn}` }));
  });
