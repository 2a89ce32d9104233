import { z } from 'zod';
import { servedCsv } from '../../../campaigns/index.ts';
import { recordAudit } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf } from '../../server/caller.ts';
import { MessageState } from './campaign-schema.ts';
import { knownCampaign } from './known-campaign.ts';
import { moment } from '../../server/moment.ts';
import { streamRoute, type Route } from '../../server/route.ts';
import { ById } from '../../server/schema.ts';
import { sendLines } from '../../server/send-lines.ts';

/** The export of a campaign's audience with each outcome. */
export const campaignExportRoutes = ({ database, vault, clock }: Api): Route[] => [
  streamRoute({
    method: 'get',
    path: '/v1/campaigns/{id}/export',
    roles: ['admin', 'auditor'],
    summary:
      'Gives what became of everybody in its audience as CSV, one row a person; numbers in clear to an admin, or to an auditor who says why.',
    tag: 'Campaigns',
    params: ById,
    query: z.strictObject({
      state: MessageState.optional(),
      reason: z
        .string()
        .regex(/^\w{1,60}$/)
        .optional(),
    }),
    reply: z.string(),
    produces: 'text/csv',
    run: async ({ caller, reason, res, params: { id }, query }) => {
      const clear = caller.role === 'admin' || (caller.role === 'auditor' && reason !== undefined);
      const keys = await database.withTenant(caller.tenantId, async (tx) => {
        await knownCampaign(tx, id);
        const details = {
          clear,
          ...(query.state === undefined ? {} : { state: query.state }),
          ...(reason === undefined ? {} : { reason: reason.slice(0, 300) }),
        };
        const entry = { actor: actorOf(caller), action: 'campaign.exported', subject: id, details };
        await recordAudit(tx, entry, moment(clock));
        return vault.tenant(tx);
      });
      res.set('Content-Disposition', `attachment; filename="campaign-${id}.csv"`);
      res.type('text/csv; charset=utf-8');
      await sendLines(res, servedCsv({ database, keys }, { campaignId: id, ...query, clear }));
      return undefined;
    },
  }),
];
