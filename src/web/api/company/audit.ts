import { z } from 'zod';
import { verifyChain, type Readers } from '../../../people/index.ts';
import { Refusal } from '../../../platform/index.ts';
import { AUDITING } from '../../../base/index.ts';
import { auditEntries } from '../../../company/index.ts';
import { route, tagged } from '../../server/route.ts';
import { listOf, PageQuery, readPage } from '../../server/schema.ts';

export const AuditEntryShown = z
  .object({
    id: z.string(),
    at: z.string(),
    actor: z.string(),
    action: z.string(),
    subject: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEntry' });

/** Further connections that a verification uses. */
const READERS = 3;

const Chain = z.union([
  z.object({ holds: z.literal(true), links: z.int(), waiting: z.int(), head: z.string() }),
  z.object({
    holds: z.literal(false),
    fault: z.enum(['altered', 'removed', 'inserted']),
    table: z.string(),
    id: z.string(),
    position: z.int().optional(),
  }),
]);

export const auditRoutes = tagged('Audit', [
  route('GET /v1/audit', {
    roles: AUDITING,
    summary: 'Lists who did what, oldest first.',
    query: PageQuery,
    reply: listOf(AuditEntryShown),
    run: async ({ tx, query }) => readPage(query, (page) => auditEntries(tx, page)),
  }),
  route('GET /v1/audit/verification', {
    roles: AUDITING,
    summary: 'Walks both chains from their beginning, and names the first row that is not as it was.',
    reply: z.object({ holds: z.boolean(), consents: Chain, audit: Chain }).meta({ id: 'Verification' }),
    run: ({ api: { database }, tx }) =>
      alone(async () => {
        const within: Readers['within'] = (work) => database.withTenant(tx.tenantId, work);
        const consents = await verifyChain(tx, 'consent', { atOnce: READERS, within });
        const audit = await verifyChain(tx, 'audit');
        return { holds: consents.holds && audit.holds, consents, audit };
      }),
  }),
]);

/** Runs one verification at a time, since several would leave no connection to others. */
const alone = oneAtOnce();

function oneAtOnce(): <T>(work: () => Promise<T>) => Promise<T> {
  let isBusy = false;
  return async (work) => {
    if (isBusy) throw new Refusal('TOO_MANY_REQUESTS', { detail: UNDER_WAY, retryAfterSeconds: 5 });
    isBusy = true;
    try {
      return await work();
    } finally {
      isBusy = false;
    }
  };
}

const UNDER_WAY = 'An api process walks one chain at a time: ask again once that verification is done.';
