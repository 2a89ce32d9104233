import { z } from 'zod';
import type { Audience } from '../../../campaigns/index.ts';
import { type Transaction, type TenantKeys, Refusal } from '../../../platform/index.ts';
import { SERIES_KINDS } from '../../../reminders/index.ts';
import {
  practiceById,
  practiceOf,
  practiceZone,
  type KeptPractice,
  tenantOf,
} from '../../../company/index.ts';
import { DayOrInstant } from '../bookings/booking-schema.ts';
import type { Caller } from '../../server/caller.ts';
import { ExternalId, line } from '../../server/schema.ts';
import { edge } from '../bookings/series-list.ts';

/** People who expect an event within a period; days are whole, in the zone of the practice. */
const SeriesAsked = z
  .strictObject({
    kind: z.enum(SERIES_KINDS),
    practiceId: ExternalId.optional().meta({ description: 'The id of a practice, or its external id.' }),
    eventFrom: DayOrInstant,
    eventTo: DayOrInstant,
    service: line(100).optional().meta({ description: 'The name of a contract or a plan.' }),
  })
  .refine(({ eventFrom, eventTo }) => Date.parse(eventFrom) <= Date.parse(eventTo), {
    path: ['eventTo'],
    error: 'not before eventFrom',
  });

/** The audience of a notice. */
export const NoticeAudience = z.strictObject({ series: SeriesAsked });

/** An admin's reason for opening a notice outside the window. */
export const OutsideWindow = z
  .union([line(300).transform((reason) => ({ reason })), z.strictObject({ reason: line(300) })])
  .meta({ description: 'An admin sends a notice at any hour, for a reason that is audited.' });

type AskedSeries = z.output<typeof NoticeAudience>;

/** Resolves an audience's practice and converts its days to instants; returns any other unchanged. */
export async function audienceMeant<Other extends object>(
  tx: Transaction,
  keys: TenantKeys,
  asked: Other | AskedSeries,
): Promise<Other | Extract<Audience, { readonly series: unknown }>> {
  if (!isOfSeries(asked)) return asked;
  const { practiceId: given, eventFrom, eventTo, ...rest } = asked.series;
  const practice = given === undefined ? undefined : await practiceMeant(tx, keys, given);
  const zone = practiceZone(practice) ?? (await tenantOf(tx))?.timeZone ?? 'Europe/Paris';
  return {
    series: {
      ...rest,
      practiceId: practice?.id,
      eventFrom: edge(eventFrom, zone, 'start') ?? eventFrom,
      eventTo: edge(eventTo, zone, 'end') ?? eventTo,
    },
  };
}

const isOfSeries = (asked: object): asked is AskedSeries => 'series' in asked;

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

async function practiceMeant(tx: Transaction, keys: TenantKeys, given: string): Promise<KeptPractice> {
  const byId = UUID.test(given) ? await practiceById(tx, keys, given) : undefined;
  const practice = byId ?? (await practiceOf(tx, keys, given));
  if (practice !== undefined) return practice;
  throw new Refusal('PRACTICE_NOT_FOUND', {
    errors: [{ in: 'body', pointer: '/audience/series/practiceId', message: 'unknown' }],
  });
}

/** Refuses opening a notice outside the window to all but an admin. */
export function refuseOpening(caller: Caller, outsideWindow: object | undefined): void {
  if (outsideWindow === undefined || caller.role === 'admin') return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: 'Only an admin opens a notice outside the window.',
    errors: [{ in: 'body', pointer: '/outsideWindow', message: 'admin only' }],
  });
}
