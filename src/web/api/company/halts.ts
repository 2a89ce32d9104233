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
import { recordAudit } from '../../../company/index.ts';
import { route, type Route } from '../../server/route.ts';
import { actorOf, knownTenant } from '../../server/caller.ts';
import { moment, AuditReason } from '../../server/schema.ts';

const Order = z.discriminatedUnion('halted', [
  z.strictObject({ halted: z.literal(true), reason: AuditReason }),
  z.strictObject({ halted: z.literal(false), reason: AuditReason.optional() }),
]);

const State = z.object({ halted: z.boolean(), reason: z.string().nullable() });

/** The halts that keep the tenant's messages from being sent. */
export const HaltsShown = z
  .object({
    sealed: z.boolean().meta({ description: 'The instance is sealed after a restore: nothing leaves.' }),
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
          by: z.string().nullable().meta({ description: 'As the audit names them.' }),
          byName: z.string().nullable().meta({ description: 'The name of their key.' }),
          text: z.string().meta({ description: 'All of it in one sentence.' }),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'Halts' });

/** The routes that halt everything of a tenant, or its messages on one account. */
export const haltRoutes: readonly Route[] = [
  route('GET /v1/halt', {
    roles: EVERYBODY,
    summary: 'What is halted now: everything or an account, since when, by whom and why.',
    tag: 'Operating',
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
    tag: 'Operating',
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
    tag: 'Operating',
    params: z.strictObject({ name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/) }),
    body: Order,
    reply: State,
    run: async ({ api: { clock }, tx, caller, params: { name }, body: { halted, reason } }) => {
      const when = moment(clock);
      const account = await accountOf(tx, name);
      const halt = { halted, reason, at: when.at, actor: actorOf(caller) };
      await (caller.role === 'instance'
        ? haltForAll(tx, account, { halt, when })
        : haltForOne(tx, account, { halt, when }));
      return { halted, reason: halted ? (reason ?? null) : null };
    },
  }),
];

async function accountOf(tx: Transaction, name: string): Promise<string> {
  const account = await idOfAccountNamed(tx, name);
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
