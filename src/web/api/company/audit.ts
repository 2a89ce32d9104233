import { z } from 'zod';
import { verifyChain, type Readers } from '../../../people/index.ts';
import { Refusal } from '../../../platform/index.ts';
import { AUDITING } from '../../../base/index.ts';
import { auditEntries } from '../../../company/index.ts';
import { route, type Route } from '../../server/route.ts';
import { listOf, PageQuery, pageOf } from '../../server/schema.ts';

/** An action, its actor and its subject, as the API shows them. */
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

/** Connections of one verification besides its own. */
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

/** Lists the audit, and verifies the chain of evidence. */
export const auditRoutes: readonly Route[] = [
  route('GET /v1/audit', {
    roles: AUDITING,
    summary: 'Lists who did what, oldest first.',
    tag: 'Audit',
    query: PageQuery,
    reply: listOf(AuditEntryShown),
    run: async ({ tx, query: { limit, after } }) =>
      pageOf(await auditEntries(tx, { limit: limit + 1, after }), limit),
  }),
  route('GET /v1/audit/verification', {
    roles: AUDITING,
    summary: 'Walks both chains from their beginning, and names the first row that is not as it was.',
    tag: 'Audit',
    reply: z.object({ holds: z.boolean(), consents: Chain, audit: Chain }).meta({ id: 'Verification' }),
    run: ({ api: { database }, tx }) =>
      alone(async () => {
        const within: Readers['within'] = (work) => database.withTenant(tx.tenantId, work);
        const consents = await verifyChain(tx, 'consent', { atOnce: READERS, within });
        const audit = await verifyChain(tx, 'audit');
        return { holds: consents.holds && audit.holds, consents, audit };
      }),
  }),
];

/** Runs one at a time: several would leave no connection to anybody else. */
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
