import { z } from 'zod';
import { createTenant, findOrCreateTenant, listedTenants, SECTORS } from '../../../company/index.ts';
import { Answer } from '../../server/answer.ts';
import type { Api } from '../../server/api.ts';
import { route, type Route } from '../../server/route.ts';
import {
  ExternalId,
  line,
  listOf,
  PageQuery,
  pageOf,
  ProfileName,
  TerritoryName,
} from '../../server/schema.ts';

/** The means by which a person reaches the publisher. */
export const Means = z
  .strictObject({
    phone: z
      .string()
      .regex(/^\+?[\d .()-]{4,25}$/, 'a phone number')
      .optional(),
    email: z.email().max(200).optional(),
    address: line(300).optional(),
    url: z
      .url({ protocol: /^https?$/ })
      .max(300)
      .optional(),
  })
  .meta({ id: 'ContactMeans' });

/** At least one of them. */
export const SomeMeans = Means.refine(
  (means) => Object.keys(means).length > 0,
  'at least one of phone, email, address, url',
);

const NewTenant = z.strictObject({
  name: line(100),
  legalName: line(200),
  brand: line(60),
  contact: SomeMeans,
  sector: z.enum(SECTORS).optional(),
  profile: ProfileName.optional(),
  territory: TerritoryName.optional(),
});

const Found = z.object({
  id: z.string(),
  externalId: z.string(),
  key: z.string().optional().meta({ description: 'Its first admin key, in the answer that made it alone.' }),
});

const Listed = z.object({
  id: z.string(),
  externalId: z.string().nullable().meta({ description: 'null for one that was made without.' }),
  name: z.string(),
  createdAt: z.string(),
});

/** The routes of controllers, for the instance's key. */
export const tenantsRoutes = ({ vault, clock }: Api): Route[] => [
  route({
    method: 'post',
    path: '/v1/tenants',
    roles: ['instance'],
    summary: 'Makes a tenant (one controller) and its first admin key.',
    tag: 'Instance',
    body: NewTenant,
    reply: z.object({ id: z.string(), key: z.string() }),
    status: 201,
    run: ({ tx, body }) => createTenant(tx, { vault, clock }, { ...body, actor: 'instance' }),
  }),
  route({
    method: 'put',
    path: '/v1/tenants/{externalId}',
    roles: ['instance'],
    summary: 'Finds the tenant of your own id, or makes it with its first admin key, which is shown once.',
    tag: 'Instance',
    params: z.strictObject({ externalId: ExternalId }),
    body: NewTenant,
    reply: Found,
    also: [201],
    run: async ({ tx, params: { externalId }, body }) => {
      const given = { ...body, externalId, actor: 'instance' };
      const { id, key } = await findOrCreateTenant(tx, { vault, clock }, given);
      return key === undefined
        ? new Answer(200, { id, externalId })
        : new Answer(201, { id, externalId, key });
    },
  }),
  route({
    method: 'get',
    path: '/v1/tenants',
    roles: ['instance'],
    summary: 'Lists the tenants of the instance, oldest first.',
    tag: 'Instance',
    query: PageQuery,
    reply: listOf(Listed),
    run: async ({ tx, query: { limit, after } }) =>
      pageOf(await listedTenants(tx, { limit: limit + 1, after }), limit),
  }),
];
