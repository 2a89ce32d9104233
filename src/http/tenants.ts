import { z } from 'zod';
import { createTenant } from '../tenants/create-tenant.ts';
import { SECTORS } from '../tenants/tenant.ts';
import type { Api } from './api.ts';
import { route, type Route } from './route.ts';
import { line, ProfileName, TerritoryName } from './schema.ts';

/** How a person reaches the publisher. */
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

const NewTenant = z.strictObject({
  name: line(100),
  legalName: line(200),
  brand: line(60),
  contact: Means.refine(
    (means) => Object.keys(means).length > 0,
    'at least one of phone, email, address, url',
  ),
  sector: z.enum(SECTORS).optional(),
  profile: ProfileName.optional(),
  territory: TerritoryName.optional(),
});

/** Controllers, made by the instance. */
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
];
