import { DateTime } from 'luxon';
import { z } from 'zod';
import { isoText } from '../../../law/index.ts';
import { Refusal, type Transaction, READING_CAMPAIGNS } from '../../../platform/index.ts';
import { CostAmount, COST, CostLine, costByMonth } from '../../../sending/index.ts';
import { practiceOf, tenantOf } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { route, type Route } from '../../server/route.ts';
import { ExternalId, PurposeField } from '../../server/schema.ts';
import { refusePurpose } from './sends.ts';
import { fault } from '../../../words/index.ts';

const MOST_MONTHS = 12;
const USUAL_MONTHS = 3;

/** A cost, by our own price list. */
export const CostShown = z.object(COST).meta({
  id: 'Cost',
  description:
    'Parts by the price of the account that carried them, at their mark: our price list, not what an operator says.',
});

/** A campaign's cost, beside the estimate. */
export const CampaignCostShown = z
  .object({
    estimated: CostAmount.nullable().meta({
      description: 'By the last rehearsal of it as it stands, or as it was launched; null without one.',
    }),
    estimatedLines: z.array(CostLine).readonly().meta({
      description:
        'The same by account and territory of the numbers; where every number and text costs the same, of those that people of a territory have there.',
    }),
    ...COST,
  })
  .meta({ id: 'CampaignCost' });

/** Its sums, for a campaign read by itself. */
export const CostInView = CampaignCostShown.pick({ estimated: true, totals: true });

const MonthShown = z
  .object({ month: z.string().meta({ description: '`YYYY-MM`, on the clocks of the tenant.' }), ...COST })
  .meta({ id: 'MonthOfCost' });

/** Messages by month, and their cost. */
export const CostsShown = z
  .object({ from: z.string(), to: z.string(), months: z.array(MonthShown).readonly() })
  .meta({ id: 'Costs' });

const Month = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'a month, such as "2027-04"');

/** The routes of a company's costs: for charts and for invoices. */
export const costRoutes = ({ clock, vault }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/reports/costs',
    roles: READING_CAMPAIGNS,
    summary:
      'Counts what left and what it cost by month, account and territory, three months unless said otherwise, 12 at most; of one purpose, or of the reminders of one practice.',
    tag: 'Reports',
    query: z.strictObject({
      from: Month.optional(),
      to: Month.optional().meta({ description: 'The last month, in it.' }),
      purpose: PurposeField.optional(),
      practice: ExternalId.optional(),
    }),
    reply: CostsShown,
    run: async ({ tx, caller, query: { purpose, practice, ...asked } }) => {
      refusePurpose(caller, purpose ?? 'everything');
      const { from, to } = monthsOf(asked, await thisMonth(tx, clock));
      const known =
        practice === undefined ? undefined : await practiceOf(tx, await vault.tenant(tx), practice);
      if (practice !== undefined && known === undefined) throw new Refusal('NOT_FOUND');
      const months = await costByMonth(tx, { ...spanOf(from, to), purpose, practiceId: known?.id });
      return { from: nameOf(from), to: nameOf(to), months };
    },
  }),
];

const thisMonth = async (tx: Transaction, clock: Api['clock']): Promise<DateTime> =>
  clock
    .now()
    .setZone((await tenantOf(tx))?.timeZone ?? 'utc')
    .startOf('month');

const nameOf = (month: DateTime): string => month.toFormat('yyyy-MM');

const spanOf = (from: DateTime, to: DateTime) => ({
  from: isoText(from.toUTC()),
  to: isoText(to.plus({ months: 1 }).toUTC()),
  zone: from.zoneName ?? 'utc',
});

/** Checks that months are whole, in order and not too many. */
function monthsOf(
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: DateTime,
): { readonly from: DateTime; readonly to: DateTime } {
  const meant = (month: string): DateTime => DateTime.fromISO(month, { zone: now.zone });
  const to = asked.to === undefined ? now : meant(asked.to);
  const from = asked.from === undefined ? to.minus({ months: USUAL_MONTHS - 1 }) : meant(asked.from);
  if (from <= to && to < from.plus({ months: MOST_MONTHS })) return { from, to };
  throw new Refusal('INVALID_REQUEST', {
    errors: [
      {
        in: 'query',
        pointer: '/to',
        message: fault('from and to in order, {months} months at most', { months: MOST_MONTHS }),
      },
    ],
  });
}

/** A wait: rule, end, place, and number of people. */
export const WaitingForShown = z.object({
  code: z.string(),
  ruleId: z.string().nullable(),
  until: z.string().nullable(),
  text: z.string(),
  byTerritory: z
    .array(z.object({ territory: z.string(), count: z.int(), until: z.string().nullable() }))
    .readonly(),
});
