import { z } from 'zod';
import type { Transaction } from '../database/connection.ts';
import { Refusal } from '../errors.ts';
import { trustAccount, trustOwnAccount } from '../messages/account-trust.repository.ts';
import { recordAudit } from '../tenants/audit-entry.repository.ts';
import {
  accountNamed,
  haltAccount,
  haltAccountForTenant,
  haltTenant,
  wakeHeld,
  wakeHeldOn,
  type Halt,
} from '../tenants/halt.repository.ts';
import type { Api } from './api.ts';
import { actorOf } from './caller.ts';
import { moment } from './moment.ts';
import { route, type Route } from './route.ts';
import { line } from './schema.ts';

const Order = z.discriminatedUnion('halted', [
  z.strictObject({ halted: z.literal(true), reason: line(300) }),
  z.strictObject({ halted: z.literal(false), reason: line(300).optional() }),
]);

const State = z.object({ halted: z.boolean(), reason: z.string().nullable() });

/** Stops everything of a tenant, or what it sends through one account. */
export const haltRoutes = ({ clock }: Api): Route[] => [
  route({
    method: 'put',
    path: '/v1/halt',
    roles: ['admin', 'operator'],
    summary: 'Nothing more is marked in this tenant, from the next mark on.',
    tag: 'Operating',
    body: Order,
    reply: State,
    run: async ({ tx, caller, body: { halted, reason } }) => {
      const when = moment(clock);
      await haltTenant(tx, { halted, reason, at: when.at });
      if (!halted) await wakeHeld(tx, when);
      const action = halted ? 'tenant.halted' : 'tenant.released';
      await recordAudit(tx, { actor: actorOf(caller), action, details: { reason: reason ?? null } }, when);
      return { halted, reason: halted ? (reason ?? null) : null };
    },
  }),
  route({
    method: 'put',
    path: '/v1/gateways/{name}/halt',
    roles: ['admin', 'operator', 'instance'],
    summary: 'Nothing more is marked on this account: for this tenant, or for all when the instance says so.',
    tag: 'Operating',
    params: z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/) }),
    body: Order,
    reply: State,
    run: async ({ tx, caller, params: { name }, body: { halted, reason } }) => {
      const when = moment(clock);
      const account = await accountOf(tx, name);
      const halt = { halted, reason, at: when.at };
      await (caller.role === 'instance'
        ? haltForAll(tx, account, { halt, when })
        : haltForOne(tx, account, { halt, when, actor: actorOf(caller) }));
      return { halted, reason: halted ? (reason ?? null) : null };
    },
  }),
];

async function accountOf(tx: Transaction, name: string): Promise<string> {
  const account = await accountNamed(tx, name);
  if (account === undefined) throw new Refusal('NOT_FOUND');
  return account;
}

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

async function haltForOne(
  tx: Transaction,
  account: string,
  { halt, when, actor }: Halting & { readonly actor: string },
): Promise<void> {
  await haltAccountForTenant(tx, account, halt);
  if (!halt.halted) {
    await trustOwnAccount(tx, account);
    await wakeHeld(tx, when);
  }
  const action = halt.halted ? 'gateway.halted' : 'gateway.released';
  const details = { reason: halt.reason ?? null };
  await recordAudit(tx, { actor, action, subject: account, details }, when);
}
