import { z } from 'zod';
import { recordAudit, type Tenant } from '../../../company/index.ts';
import { holdsIn, movedIn, shadowCsv, shadowDays } from '../../../operations/index.ts';
import type { Api } from '../../server/api.ts';
import { actorOf, knownTenant } from '../../server/caller.ts';
import { moment } from '../../server/schema.ts';
import { PeriodAsked, periodMeant, type Period } from '../../server/period.ts';
import { route, streamRoute, type Route } from '../../server/route.ts';
import { sendLines } from '../../server/answer.ts';
import { AUDITING, REVIEWING } from '../../../platform/index.ts';

const Counts = z.record(z.string(), z.int());

const Report = z
  .object({
    shadow: z.boolean().meta({ description: 'Whether nothing leaves now.' }),
    period: z.object({ from: z.string(), to: z.string() }),
    days: z.array(
      z.object({ on: z.string(), purpose: z.string(), wouldHaveLeft: z.int(), refused: Counts }).readonly(),
    ),
    held: z.array(
      z
        .object({
          purpose: z.string(),
          ruleId: z.string(),
          title: z.string(),
          decisions: z.int(),
          batches: z.int(),
        })
        .readonly(),
    ),
    remindersMoved: z.array(z.object({ code: z.string(), state: z.string(), steps: z.int() }).readonly()),
  })
  .meta({ id: 'ShadowReport' });

/** The routes that compare a tenant in shadow with its present tool. */
export const shadowRoutes = ({ database, vault, clock }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/reports/shadow',
    roles: REVIEWING,
    summary:
      'Counts by day, 7 days unless said otherwise, what would have left, and what was refused, held or moved, and why.',
    tag: 'Reports',
    query: PeriodAsked,
    reply: Report,
    run: async ({ tx, query }) => {
      const tenant = await knownTenant(tx);
      const period = periodOf(query, clock, tenant);
      return {
        shadow: tenant.shadow,
        period,
        days: await shadowDays(tx, period),
        held: await holdsIn(tx, period),
        remindersMoved: await movedIn(tx, period),
      };
    },
  }),
  streamRoute({
    method: 'get',
    path: '/v1/reports/shadow/messages',
    roles: AUDITING,
    summary:
      'The same as CSV, one row a message, to lay beside the log of another tool; numbers in clear to an admin, or to an auditor who says why.',
    tag: 'Reports',
    query: PeriodAsked,
    reply: z.string(),
    produces: 'text/csv',
    run: async ({ caller, reason, res, query }) => {
      const clear = caller.role === 'admin' || (caller.role === 'auditor' && reason !== undefined);
      const { keys, period } = await database.withTenant(caller.tenantId, async (tx) => {
        const asked = periodOf(query, clock, await knownTenant(tx));
        const said = reason === undefined ? {} : { reason: reason.slice(0, 300) };
        const details = { ...asked, clear, ...said };
        await recordAudit(tx, { actor: actorOf(caller), action: 'shadow.exported', details }, moment(clock));
        return { keys: await vault.tenant(tx), period: asked };
      });
      res.set('Content-Disposition', 'attachment; filename="shadow.csv"');
      res.type('text/csv; charset=utf-8');
      await sendLines(res, shadowCsv({ database, keys }, { ...period, clear }));
      return undefined;
    },
  }),
];

const periodOf = (asked: z.output<typeof PeriodAsked>, clock: Api['clock'], tenant: Tenant): Period =>
  periodMeant(asked, { now: clock.now(), timeZone: tenant.timeZone, lasts: { days: 7 } });
