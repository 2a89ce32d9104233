import { DateTime } from 'luxon';
import { z } from 'zod';
import { Refusal, READING_CAMPAIGNS } from '../../../platform/index.ts';
import { defaultProfile, windows, localDate } from '../../../law/index.ts';
import { stopDelayIn, sendsByHour, stopDelaySteps } from '../../../operations/index.ts';
import type { Api } from '../../server/api.ts';
import type { Caller } from '../../server/caller.ts';
import { lawIso, placeGiven } from '../law/place.ts';
import { route, type Route } from '../../server/route.ts';
import { DateOnly, PurposeField } from '../../server/schema.ts';
import { fault } from '../../../words/index.ts';

const MOST_DAYS = 31;
const USUAL_DAYS = 14;
/** A second, five, half a minute, a minute, an hour. */
const STEPS_MS = [1_000, 5_000, 30_000, 60_000, 3_600_000];

const Because = z.object({ ruleId: z.string(), title: z.string(), text: z.string() });

/** Messages sent on some days, against the open hours. */
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

/** The routes of charts: messages by hour, deliveries, delay of STOP. */
export const sendsRoutes = ({ clock }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/reports/sends',
    roles: READING_CAMPAIGNS,
    summary:
      'Counts what left for a purpose by the hour of its recipients, beside the hours in which it might, 14 days unless said otherwise, 31 at most; how fast STOP takes effect.',
    tag: 'Reports',
    query: z.strictObject({
      purpose: PurposeField.default('marketing'),
      from: DateOnly.optional(),
      to: DateOnly.optional(),
    }),
    reply: SendsShown,
    run: async ({ tx, caller, language, query: { purpose, ...asked } }) => {
      refusePurpose(caller, purpose);
      const { locality } = placeGiven({}, caller) ?? unknown();
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
        windows: found.windows.map(({ opensAt, closesAt }) => ({
          opensAt: lawIso(opensAt),
          closesAt: lawIso(closesAt),
        })),
        closed: found.closed,
        stopDelay: { heard, p50Ms, p99Ms, maxMs, steps },
      };
    },
  }),
];

/** A marketer gets no data of reminders, not even their number. */
export function refusePurpose({ role }: Caller, purpose: string): void {
  if (role !== 'marketer' || purpose === 'marketing') return;
  throw new Refusal('ROLE_NOT_ALLOWED', { detail: 'A marketer reads figures of advertising only.' });
}

const unknown = (): never => {
  throw new Refusal('PLACE_UNKNOWN');
};

/** Checks that days are whole, local, in order and not too many. */
function daysOf(
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  today: DateTime,
): { readonly from: DateTime; readonly to: DateTime } {
  const to = asked.to === undefined ? today : dayOf(asked.to, today);
  const from = asked.from === undefined ? to.minus({ days: USUAL_DAYS - 1 }) : dayOf(asked.from, today);
  if (from <= to && to < from.plus({ days: MOST_DAYS })) return { from, to };
  throw new Refusal('INVALID_REQUEST', {
    errors: [
      {
        in: 'query',
        pointer: '/to',
        message: fault('from and to in order, {days} days at most', { days: MOST_DAYS }),
      },
    ],
  });
}

const dayOf = (on: string, { zone }: DateTime): DateTime => DateTime.fromISO(on, { zone });
