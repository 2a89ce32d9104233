import { DateTime } from 'luxon';
import { localDate, isoText } from '../../../law/index.ts';
import { z } from 'zod';
import { findContact } from '../../../people/index.ts';
import { type Transaction, type TenantKeys, PAUSING_REMINDERS } from '../../../platform/index.ts';
import {
  readSeriesPage,
  seriesView,
  type Series,
  readEligibility,
  readSteps,
  whyUnreached,
  type EventPeriod,
} from '../../../reminders/index.ts';
import { maskPhone } from '../../../sms/index.ts';
import { recordAudit, tenantOf } from '../../../company/index.ts';
import type { Api } from '../../server/api.ts';
import { DayOrInstant, SeriesShown } from './booking-schema.ts';
import { actorOf, type Caller } from '../../server/caller.ts';
import { becauseSchema } from '../law/law-schema.ts';
import { moment, Flag, listOf, PageQuery, pageOf } from '../../server/schema.ts';
import { route, type Context, type Route } from '../../server/route.ts';
import { edge } from './series.ts';

/** A person whom no message reached. */
export const Unreached = z
  .object({
    seriesId: z.string(),
    kind: SeriesShown.shape.kind,
    externalId: z.string().nullable(),
    startsAt: z.string().optional(),
    refuseBy: z.string().nullish(),
    practice: z.string().nullable(),
    phone: z.string().nullable().meta({ description: 'Whole for who may read it, else masked.' }),
    because: becauseSchema,
  })
  .meta({ id: 'Unreached' });

/** The route of people to phone. */
export const reminderRoutes = ({ vault, clock }: Api): Route[] => [
  route({
    method: 'get',
    path: '/v1/reminders/unreached',
    roles: PAUSING_REMINDERS,
    summary:
      'Whom to phone, and why: nobody told them and nothing will, or they answered NON or what a person must read. Tomorrow, unless said otherwise.',
    tag: 'Reminders',
    query: PageQuery.extend({
      from: DayOrInstant.optional(),
      to: DayOrInstant.optional(),
      masked: Flag.optional().meta({
        description: 'Masks every number, and is not on record as a reading of any.',
      }),
    }),
    reply: listOf(Unreached),
    run: async ({ tx, caller, language, query }) => {
      const keys = await vault.tenant(tx);
      const zone = (await tenantOf(tx))?.timeZone ?? 'Europe/Paris';
      const asked = askedOf(query, { zone, now: clock.now() });
      const page = { orSaid: true, limit: query.limit + 1, after: query.after } as const;
      const found = pageOf(await readSeriesPage(tx, { ...asked, ...page }), query.limit);
      const reading = { keys, caller, language, asked, now: clock.now(), masked: query.masked === true };
      // Sent in this order, and answered together: a page is as long as one wait, not as many as it has series.
      const shown = await Promise.all(found.items.map((series) => unreached(tx, reading, series)));
      const items = shown.flatMap((one) => one ?? []);
      if (!reading.masked) await noteRead(tx, { caller, numbers: items.length, when: moment(clock) });
      return { items, next: found.next };
    },
  }),
];

function askedOf(
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  { zone, now }: { readonly zone: string; readonly now: DateTime },
): EventPeriod {
  const tomorrow = localDate(now.setZone(zone).plus({ days: 1 }));
  const from = query.from ?? tomorrow;
  return {
    from: edge(from, zone, 'start') ?? from,
    to: edge(query.to ?? from.slice(0, 10), zone, 'end') ?? from,
  };
}

interface Reading extends Pick<Context, 'caller' | 'language'> {
  readonly keys: TenantKeys;
  readonly asked: EventPeriod;
  readonly now: DateTime;
  readonly masked: boolean;
}

async function unreached(
  tx: Transaction,
  { keys, caller, language, asked, now, masked }: Reading,
  series: Series,
): Promise<z.input<typeof Unreached> | undefined> {
  const { contactId, purpose, accountId } = series;
  const eligibility = await readEligibility(tx, { contactId, purpose, accountId, at: isoText(now) });
  const steps = await readSteps(tx, series);
  const because = whyUnreached({ series, steps, eligibility: { ...eligibility, locale: language } }, asked);
  if (because === undefined) return undefined;
  const view = await seriesView(tx, { keys, language }, { series, eligibility, steps });
  const { seriesId, kind, externalId, startsAt, refuseBy, practice } = view;
  const holder = await findContact(tx, { keys }, contactId);
  const phone = holder === undefined ? null : shownNumber(holder.person.phone, { caller, series, masked });
  return { seriesId, kind, externalId, startsAt, refuseBy, practice, phone, because };
}

/** The caller of a person needs the number; a scheduler gets only those of its own system. */
const shownNumber = (
  phone: string,
  { caller, series, masked }: Pick<Reading, 'caller' | 'masked'> & { readonly series: Series },
): string => (!masked && mayRead(caller, series) ? phone : maskPhone(phone));

const mayRead = ({ role, source }: Caller, series: Series): boolean =>
  role === 'admin' || (role === 'scheduler' && series.source === source);

async function noteRead(
  tx: Transaction,
  about: { readonly caller: Caller; readonly numbers: number; readonly when: ReturnType<typeof moment> },
): Promise<void> {
  const { caller, numbers, when } = about;
  if (caller.role === 'operator' || numbers === 0) return;
  const entry = { actor: actorOf(caller), action: 'reminders.unreached-read', subject: caller.tenantId };
  await recordAudit(tx, { ...entry, details: { numbers } }, when);
}
