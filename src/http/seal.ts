import { z } from 'zod';
import type { Transaction } from '../database/connection.ts';
import { openSeal, sealOf } from '../database/instance.repository.ts';
import { Refusal } from '../errors.ts';
import { reconcileLost, tellOpened } from '../tenants/seal-opening.ts';
import { isOnlyTenant } from '../tenants/tenant.repository.ts';
import type { Api } from './api.ts';
import { actorOf, type Caller } from './caller.ts';
import { route, type Route } from './route.ts';
import { line } from './schema.ts';

const Opening = z.strictObject({ reason: line(300).optional() }).prefault({});

const Opened = z.object({
  sealed: z.boolean(),
  why: z.string().nullable().meta({ description: 'Why it was sealed; null when it was not.' }),
  uncertain: z.int().meta({ description: 'Messages that may have left in the time that was lost.' }),
  parkedCampaigns: z.int().meta({ description: 'Campaigns that a person has to resume.' }),
});

/** Opens an instance that found its database older than what it had sent. */
export const sealRoutes = ({ clock, database }: Api): Route[] => [
  route({
    method: 'post',
    path: '/v1/seal/opening',
    roles: ['instance', 'admin'],
    summary: 'Opens a sealed instance: what may have left in the lost time becomes uncertain first.',
    tag: 'Instance',
    body: Opening,
    reply: Opened,
    run: async ({ tx, caller, body: { reason } }) => {
      await mayOpen(tx, caller);
      const why = await sealOf(tx);
      if (why === undefined) return { sealed: false, why: null, uncertain: 0, parkedCampaigns: 0 };
      const found = await reconcileLost(database, clock);
      await openSeal(tx);
      const details = { why, reason: reason ?? null, ...found };
      await tellOpened(tx, clock, { actor: actorOf(caller), details });
      return { sealed: false, why, ...found };
    },
  }),
];

async function mayOpen(tx: Transaction, { role }: Caller): Promise<void> {
  if (role === 'instance' || (await isOnlyTenant(tx))) return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: 'There are several tenants: the seal is opened with the key of the instance.',
  });
}
