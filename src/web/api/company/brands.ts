import { z } from 'zod';
import {
  recordAudit,
  brandsOf,
  lockBrand,
  putBrand,
  tenantOf,
  auditOf,
  changesOf,
  keepChoice,
  type Tenant,
} from '../../../company/index.ts';
import { frenchDay } from '../../../rule/index.ts';
import type { Transaction } from '../../../platform/index.ts';
import { EVERYBODY } from '../../../base/index.ts';
import { actorOf, knownTenant } from '../../server/caller.ts';
import { Answer, route, type Route } from '../../server/route.ts';
import { moment, ExternalId, line, listOf, PageQuery, pageOf } from '../../server/schema.ts';
import { refuseWithoutReason } from './tenant-change.ts';
import { refuseSender, Sender } from './tenant-schema.ts';

const Brand = z
  .object({ id: z.string(), externalId: z.string(), name: z.string(), sender: z.string().nullable() })
  .meta({ id: 'Brand' });

/** Lists and changes the names under which a tenant sends. */
export const brandRoutes: readonly Route[] = [
  route('GET /v1/brands', {
    roles: EVERYBODY,
    summary: 'Lists the brands.',
    tag: 'Tenant',
    query: PageQuery,
    reply: listOf(Brand),
    run: async ({ tx, query: { limit, after } }) =>
      pageOf(await brandsOf(tx, { limit: limit + 1, after }), limit),
  }),
  route('PUT /v1/brands/{externalId}', {
    roles: ['admin'],
    summary: 'Makes a brand, or changes it.',
    tag: 'Tenant',
    params: z.strictObject({ externalId: ExternalId }),
    body: z.strictObject({
      name: line(60),
      sender: Sender.optional(),
      reason: line(300).optional().meta({
        description:
          'Needed when `sender` changes (not for the first one): kept in the audit with both values.',
      }),
    }),
    reply: Brand,
    also: [201],
    run: async ({
      api: { clock },
      tx,
      caller,
      params: { externalId },
      body: { name, sender = null, reason },
    }) => {
      const sector = (await tenantOf(tx))?.sector ?? 'general';
      if (sender !== null) refuseSender(sender, { sector, pointer: '/sender', on: frenchDay(clock.now()) });
      const changes = changesOf(['sender'], (await lockBrand(tx, externalId)) ?? {}, { sender });
      refuseWithoutReason(
        reason,
        changes.some(({ needsReason }) => needsReason),
      );
      const { brand, created } = await putBrand(tx, clock, { externalId, name, sender });
      const entry = { actor: actorOf(caller), action: 'brand.put', subject: brand.id };
      await recordAudit(tx, { ...entry, details: auditOf(changes, reason) }, moment(clock));
      return new Answer(created ? 201 : 200, brand);
    },
  }),
];

const List = z
  .object({
    senders: z
      .array(z.string())
      .readonly()
      .meta({ description: 'Who may write: your own sender and your brands’, then those listed.' }),
    listed: z.array(z.string()).readonly().nullable().meta({ description: 'Null: no list is kept.' }),
  })
  .meta({ id: 'Senders' });

/** The routes of a tenant's allowed senders. */
export const senderRoutes: readonly Route[] = [
  route('GET /v1/senders', {
    roles: EVERYBODY,
    summary: 'Lists the senders you may use; without a list any on fakes, your own alone on real accounts.',
    tag: 'Tenant',
    reply: List,
    run: async ({ tx }) => shown(tx, await knownTenant(tx)),
  }),
  route('PUT /v1/senders', {
    roles: ['admin'],
    summary: 'Replaces the list; your own sender is always on it, and null keeps none.',
    tag: 'Tenant',
    body: z.strictObject({ senders: z.array(Sender).max(100).nullable() }),
    reply: List,
    run: async ({ api: { clock }, tx, caller, body: { senders } }) => {
      const when = moment(clock);
      const { sector } = await knownTenant(tx);
      for (const [place, sender] of (senders ?? []).entries())
        refuseSender(sender, { sector, pointer: `/senders/${place}`, on: frenchDay(clock.now()) });
      await keepChoice(tx, { name: 'senders', value: senders, at: when.at });
      const entry = { actor: actorOf(caller), action: 'tenant.senders-changed', details: { senders } };
      await recordAudit(tx, entry, when);
      return shown(tx, await knownTenant(tx));
    },
  }),
];

async function shown(tx: Transaction, { sender, settings }: Tenant): Promise<z.input<typeof List>> {
  const brands = await brandsOf(tx);
  const own = [sender, ...brands.map((brand) => brand.sender)].flatMap((one) => one ?? []);
  const listed = settings.senders ?? null;
  return { senders: [...new Set([...own, ...(listed ?? [])])], listed };
}
