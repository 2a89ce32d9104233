import { z } from 'zod';
import { type Transaction, Refusal } from '../../../platform/index.ts';
import { EVERYBODY } from '../../../base/index.ts';
import { TERRITORIES } from '../../../rule/index.ts';
import {
  recordAudit,
  keepChoice,
  tenantOf,
  PURPOSES,
  type AccountRoutes,
  type RoutesByPurpose,
  refuseTransfer,
} from '../../../company/index.ts';
import { idOfAccountNamed } from '../../../sending/index.ts';
import { route, type Route } from '../../server/route.ts';
import { actorOf } from '../../server/caller.ts';
import { moment } from '../../server/schema.ts';
import { refuseDeafRoutes } from './tenant-change.ts';

const Name = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);
const Route = z
  .union([Name, z.tuple([Name], Name).refine((names) => names.length <= 4, 'at most four accounts')])
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

/** The routes that choose a tenant's accounts for messages without one. */
export const accountRouteRoutes: readonly Route[] = [
  route('GET /v1/routes', {
    roles: EVERYBODY,
    summary: 'Says which account your messages take, by purpose.',
    tag: 'Operating',
    reply: Routes,
    run: async ({ tx }) => chosen(tx),
  }),
  route('PUT /v1/routes', {
    roles: ['admin'],
    summary:
      'Replaces them: what is made from now on takes their first accounts, and what cannot leave the next.',
    tag: 'Operating',
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
];

async function chosen(tx: Transaction): Promise<z.output<typeof Routes>> {
  return Routes.parse((await tenantOf(tx))?.settings.routes ?? {});
}

/** Refuses unknown accounts, and those whose processor is too far for this tenant. */
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

interface Named {
  readonly name: string;
  readonly pointer: string;
}

/** Lists every account of some routes, with its position in the body. */
const namedIn = (routes: RoutesByPurpose, under: string): readonly Named[] =>
  [...PURPOSES, 'default' as const].flatMap((purpose) => {
    const taken = routes[purpose];
    const pointer = `${under}/${purpose}`;
    if (taken === undefined) return [];
    return typeof taken === 'string'
      ? [{ name: taken, pointer }]
      : taken.map((name, turn) => ({ name, pointer: `${pointer}/${turn}` }));
  });
