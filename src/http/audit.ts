import { z } from 'zod';
import { auditEntries } from '../tenants/audit-list.repository.ts';
import { route, type Route } from './route.ts';
import { listOf, Page, pageOf } from './schema.ts';

const Entry = z
  .object({
    id: z.string(),
    at: z.string(),
    actor: z.string(),
    action: z.string(),
    subject: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' });

/** Who did what. */
export const auditRoutes = (): Route[] => [
  route({
    method: 'get',
    path: '/v1/audit',
    roles: ['admin', 'auditor'],
    summary: 'Lists who did what, oldest first.',
    tag: 'Audit',
    query: Page,
    reply: listOf(Entry),
    run: async ({ tx, query: { limit, after } }) =>
      pageOf(await auditEntries(tx, { limit: limit + 1, after }), limit),
  }),
];
