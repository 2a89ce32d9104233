import { DateTime } from 'luxon';
import { z } from 'zod';
import { practiceOf, tenantOf } from '../../../company/index.ts';
import { defaultProfile, windows } from '../../../law/index.ts';
import { localDate, isoText } from '../../../rule/index.ts';
import { stopDelayIn, sendsByHour, stopDelaySteps } from '../../../operations/index.ts';
import { Refusal, type Transaction } from '../../../platform/index.ts';
import { READING_CAMPAIGNS } from '../../../base/index.ts';
import { CostAmount, COST, CostLine, costByMonth } from '../../../sending/index.ts';
import { fault } from '../../../words/index.ts';
import type { Caller } from '../../server/caller.ts';
import { wrongField } from '../../server/input-error.ts';
import { type Api, route, tagged } from '../../server/route.ts';
import { DateOnly, PurposeField, ExternalId } from '../../server/schema.ts';
import { lawIso, localityGiven, windowShown } from '../law/law-schema.ts';

const MOST_DAYS = 31;
const USUAL_DAYS = 14;
/** The bounds of the delays of STOP: 1 s, 5 s, 30 s, 1 min and 1 h. */
const STEPS_MS = [1_000, 5_000, 30_000, 60_000, 3_600_000];

const Because = z.object({ ruleId: z.string(), title: z.string(), text: z.string() });

/** Messages sent on some days, with the open hours. */
export const SendsShown = z
  .object({
    from: z.string(),
    to: z.string(),
    purpose: z.string(),
    territory: z.string(),
    timeZone: z.string(),
    hours: z
      .array(
        z.object({
          on: z.string(),
          hour: z.int(),
          messages: z.int(),
          delivered: z.int(),
          undelivered: z.int(),
        }),
      )
      .readonly()
      .meta({ description: 'By the clocks of the recipients; empty hours are left out.' }),
    windows: z
      .array(z.object({ opensAt: z.string(), closesAt: z.string() }))
      .readonly()
      .meta({ description: 'Of the territory of the tenant, for that purpose.' }),
    closed: z.array(z.object({ on: z.string(), because: z.array(Because).readonly() })).readonly(),
    stopDelay: z.object({
      heard: z.int(),
      p50Ms: z.number().nullable(),
      p99Ms: z.number().nullable(),
      maxMs: z.number().nullable(),
      steps: z
        .array(z.object({ withinMs: z.number().nullable(), stops: z.int() }))
        .readonly()
        .meta({ description: 'STOPs within so long, and longer than the step before.' }),
    }),
  })
  .meta({ id: 'Sends' });

/** The routes for charts of messages by hour, deliveries, and delays of STOP. */
export const sendsRoutes = tagged('Reports', [
  route('GET /v1/reports/sends', {
    roles: READING_CAMPAIGNS,
    summary:
      'Counts what left for a purpose by the hour of its recipients, beside the hours in which it might, 14 days unless said otherwise, 31 at most; how fast STOP takes effect.',
    query: z.strictObject({
      purpose: PurposeField.default('marketing'),
      from: DateOnly.optional(),
      to: DateOnly.optional(),
    }),
    reply: SendsShown,
    run: async ({ api: { clock }, tx, caller, language, query: { purpose, ...asked } }) => {
      refusePurpose(caller, purpose);
      const locality = localityGiven({}, caller);
      const days = daysOf(asked, clock.now().setZone(locality.timeZone).startOf('day'));
      const period = { from: lawIso(days.from), to: lawIso(days.to.plus({ days: 1 })) };
      const found = windows({ profile: defaultProfile(purpose), locality, ...days, language });
      const { heard, p50Ms, p99Ms, maxMs } = await stopDelayIn(tx, period);
      const steps = await stopDelaySteps(tx, period, STEPS_MS);
      return {
        from: localDate(days.from),
        to: localDate(days.to),
        purpose,
        territory: locality.territory,
        timeZone: locality.timeZone,
        hours: await sendsByHour(tx, { ...period, purpose }),
        windows: found.windows.map(windowShown),
        closed: found.closed,
        stopDelay: { heard, p50Ms, p99Ms, maxMs, steps },
      };
    },
  }),
]);

/** Refuses a marketer all data about reminders, even their number. */
function refusePurpose({ role }: Caller, purpose: string): void {
  if (role !== 'marketer' || purpose === 'marketing') return;
  throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'A marketer reads figures of advertising only.' });
}

/** Returns the requested days; refuses them when they are out of order or too many. */
function daysOf(
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  today: DateTime,
): { readonly from: DateTime; readonly to: DateTime } {
  const to = asked.to === undefined ? today : dayOf(asked.to, today);
  const from = asked.from === undefined ? to.minus({ days: USUAL_DAYS - 1 }) : dayOf(asked.from, today);
  if (from <= to && to < from.plus({ days: MOST_DAYS })) return { from, to };
  const message = fault('from and to in order, {days} days at most', { days: MOST_DAYS });
  throw wrongField('/to', message, { where: 'query' });
}

const dayOf = (on: string, { zone }: DateTime): DateTime => DateTime.fromISO(on, { zone });

const MOST_MONTHS = 12;
const USUAL_MONTHS = 3;

/** A cost by the configured prices. */
export const CostShown = z.object(COST).meta({
  id: 'Cost',
  description:
    'Parts by the price of the account that carried them, at their mark: our price list, not what an operator says.',
});

/** The cost of a campaign, with the estimate. */
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

/** The sums of that cost, as the view of a campaign has them. */
export const CostInView = CampaignCostShown.pick({ estimated: true, totals: true });

const MonthShown = z
  .object({ month: z.string().describe('`YYYY-MM`, on the clocks of the tenant.'), ...COST })
  .meta({ id: 'MonthOfCost' });

/** Messages by month, and their cost. */
export const CostsShown = z
  .object({ from: z.string(), to: z.string(), months: z.array(MonthShown).readonly() })
  .meta({ id: 'Costs' });

const Month = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'a month, such as "2027-04"');

/** The routes of a company's costs, for charts and for invoices. */
export const costRoutes = tagged('Reports', [
  route('GET /v1/reports/costs', {
    roles: READING_CAMPAIGNS,
    summary:
      'Counts what left and what it cost by month, account and territory, three months unless said otherwise, 12 at most; of one purpose, or of the reminders of one practice.',
    query: z.strictObject({
      from: Month.optional(),
      to: Month.optional().describe('The last month, in it.'),
      purpose: PurposeField.optional(),
      practice: ExternalId.optional(),
    }),
    reply: CostsShown,
    run: async ({ api: { clock, vault }, tx, caller, query: { purpose, practice, ...asked } }) => {
      refusePurpose(caller, purpose ?? 'everything');
      const { from, to } = monthsOf(asked, await thisMonth(tx, clock));
      const known =
        practice === undefined ? undefined : await practiceOf(tx, await vault.tenant(tx), practice);
      if (practice !== undefined && known === undefined) throw new Refusal('NOT_FOUND');
      const months = await costByMonth(tx, { ...spanOf(from, to), purpose, practiceId: known?.id });
      return { from: nameOf(from), to: nameOf(to), months };
    },
  }),
]);

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

/** Returns the requested months; refuses them when they are out of order or too many. */
function monthsOf(
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: DateTime,
): { readonly from: DateTime; readonly to: DateTime } {
  const meant = (month: string): DateTime => DateTime.fromISO(month, { zone: now.zone });
  const to = asked.to === undefined ? now : meant(asked.to);
  const from = asked.from === undefined ? to.minus({ months: USUAL_MONTHS - 1 }) : meant(asked.from);
  if (from <= to && to < from.plus({ months: MOST_MONTHS })) return { from, to };
  const message = fault('from and to in order, {months} months at most', { months: MOST_MONTHS });
  throw wrongField('/to', message, { where: 'query' });
}

/** What a campaign waits for: the rule, the end, the places and the number of people. */
export const WaitingForShown = z.object({
  code: z.string(),
  ruleId: z.string().nullable(),
  until: z.string().nullable(),
  text: z.string(),
  byTerritory: z
    .array(z.object({ territory: z.string(), count: z.int(), until: z.string().nullable() }))
    .readonly(),
});
