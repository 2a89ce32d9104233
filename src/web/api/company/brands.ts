import { z } from 'zod';
import {
  recordAudit,
  brandsOf,
  lockBrand,
  putBrand,
  tenantOf,
  auditOf,
  changesOf,
} from '../../../company/index.ts';
import { Answer } from '../../server/answer.ts';
import type { Api } from '../../server/api.ts';
import { actorOf } from '../../server/caller.ts';
import { moment, ExternalId, line, listOf, PageQuery, pageOf } from '../../server/schema.ts';
import { route, type Route } from '../../server/route.ts';
import { refuseSender, Sender } from './senders.ts';
import { refuseWithoutReason } from './tenant-change.ts';
import { frenchDay } from '../../../law/index.ts';
import { EVERYBODY } from '../../../platform/index.ts';

const Brand = z
  .object({ id: z.string(), externalId: z.string(), name: z.string(), sender: z.string().nullable() })
  .meta({ id: 'Brand' });

/** Lists and changes the names under which a tenant sends. */
export const brandRoutes = ({ clock }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/brands',
    roles: EVERYBODY,
    summary: 'Lists the brands.',
    tag: 'Tenant',
    query: PageQuery,
    reply: listOf(Brand),
    run: async ({ tx, query: { limit, after } }) =>
      pageOf(await brandsOf(tx, { limit: limit + 1, after }), limit),
  }),
  route({
    method: 'put',
    path: '/v1/brands/{externalId}',
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
    run: async ({ tx, caller, params: { externalId }, body: { name, sender = null, reason } }) => {
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
