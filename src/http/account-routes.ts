import { z } from 'zod';
import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import { recordAudit } from '../tenants/audit-entry.repository.ts';
import { keepChoice } from '../tenants/choice.repository.ts';
import { accountNamed } from '../tenants/halt.repository.ts';
import { tenantOf } from '../tenants/tenant.repository.ts';
import { PURPOSES, type AccountRoutes } from '../tenants/tenant.ts';
import { refuseTransfer } from '../tenants/transfer.repository.ts';
import type { Api } from './api.ts';
import { actorOf, EVERYBODY } from './caller.ts';
import { moment } from './moment.ts';
import { route, type Route } from './route.ts';

const Routes = z
  .partialRecord(z.enum(['default', ...PURPOSES]), z.string().regex(/^[a-z][a-z0-9-]{0,31}$/))
  .meta({ id: 'AccountRoutes', description: 'Names of accounts, by purpose and for all the others.' });

/** Which account a tenant's messages take when nobody names one. */
export const accountRouteRoutes = ({ clock }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/routes',
    roles: EVERYBODY,
    summary: 'Says which account your messages take, by purpose.',
    tag: 'Operating',
    reply: Routes,
    run: async ({ tx }) => chosen(tx),
  }),
  route({
    method: 'put',
    path: '/v1/routes',
    roles: ['admin'],
    summary: 'Replaces them; what is made from now on takes them, what was made keeps its account.',
    tag: 'Operating',
    body: Routes,
    reply: Routes,
    run: async ({ tx, caller, body }) => {
      const when = moment(clock);
      await refuseUnusable(tx, body);
      await keepChoice(tx, { name: 'routes', value: body, at: when.at });
      const entry = { actor: actorOf(caller), action: 'tenant.routes-changed', details: { routes: body } };
      await recordAudit(tx, entry, when);
      return body;
    },
  }),
];

async function chosen(tx: Transaction): Promise<AccountRoutes> {
  return (await tenantOf(tx))?.settings.routes ?? {};
}

/** Accounts that are not there, or whose processor is too far for this tenant. */
async function refuseUnusable(tx: Transaction, routes: AccountRoutes): Promise<void> {
  const sector = (await tenantOf(tx))?.sector ?? '';
  for (const [purpose, name] of Object.entries(routes)) {
    const accountId = await accountNamed(tx, name);
    if (accountId === undefined) {
      const unknown = { in: 'body', pointer: `/${purpose}`, message: 'no account has this name' } as const;
      throw new Refusal('GATEWAY_NOT_FOUND', { errors: [unknown] });
    }
    await refuseTransfer(tx, { accountId, sector });
  }
}
