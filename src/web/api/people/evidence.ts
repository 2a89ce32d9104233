import { z } from 'zod';
import { instant, Refusal, AUDITING } from '../../../platform/index.ts';
import { stampedEvidenceKey, evidenceOf, type EvidenceDeps } from '../../../operations/index.ts';
import { recordAudit } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf } from '../../server/caller.ts';
import { moment, ById } from '../../server/schema.ts';
import { streamRoute, type Route } from '../../server/route.ts';

/** The route of a person's evidence file, which anybody can verify offline. */
export const evidenceRoutes = (api: Api): Route[] => [
  streamRoute({
    method: 'get',
    path: '/v1/contacts/{id}/evidence',
    roles: AUDITING,
    summary:
      'Gives everything that proves what a person agreed to, as a zip; number and texts in clear to an admin, or to an auditor who says why.',
    tag: 'Consents',
    params: ById,
    reply: z.string().meta({ format: 'binary' }),
    produces: 'application/zip',
    run: async ({ caller, reason, res, params: { id } }) => {
      const { database, vault, clock } = api;
      const clear = caller.role === 'admin' || reason !== undefined;
      const signing = await signingKey(api, caller.tenantId);
      const file = await database.withTenant(caller.tenantId, async (tx) => {
        const keys = await vault.tenant(tx);
        const madeAt = instant(clock.machine()).toISO();
        const made = await evidenceOf(tx, { keys, clock, signing }, { contactId: id, clear, madeAt });
        if (made === undefined) throw new Refusal('NOT_FOUND');
        const details = { clear, ...(reason === undefined ? {} : { reason: reason.slice(0, 300) }) };
        const entry = { actor: actorOf(caller), action: 'contact.evidence-read', subject: id, details };
        await recordAudit(tx, entry, moment(clock));
        return made;
      });
      res.set('Content-Disposition', `attachment; filename="evidence-${id}.zip"`);
      res.type('application/zip').send(file);
      return undefined;
    },
  }),
];

async function signingKey(
  { database, vault, clock }: Api,
  tenantId: string,
): Promise<EvidenceDeps['signing']> {
  const madeAt = instant(clock.machine()).toISO();
  const [inForce, ...older] = await database.outside((tx) => vault.instanceKeys(tx, 'evidence', madeAt));
  const secrets = [inForce.key, ...older.map(({ key }) => key)] as const;
  return (stamped) => stampedEvidenceKey(secrets, tenantId, stamped);
}
