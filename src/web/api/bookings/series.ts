import { DateTime } from 'luxon';
import { z } from 'zod';
import { practiceNameIndexes, practiceOf, recordAudit } from '../../../company/index.ts';
import { localDate } from '../../../rule/index.ts';
import { Refusal, type Transaction } from '../../../platform/index.ts';
import {
  mapInSlices,
  BOOKING,
  PAUSING_REMINDERS,
  READING_REMINDERS,
  type Role,
} from '../../../base/index.ts';
import type { TenantKeys } from '../../../crypto/index.ts';
import {
  orderSeries,
  readSeries,
  seriesView,
  viewSeries,
  viewSeriesPage,
  readSeriesPage,
  holdersOf,
  shownSeries,
  situationsOf,
  type SeriesOrder,
  type SeriesFilter,
  type SeriesView,
  type Series,
  whyUnreached,
  type EventPeriod,
} from '../../../reminders/index.ts';
import { costOfSeries } from '../../../sending/index.ts';
import { maskPhone } from '../../../sms/index.ts';
import type { Language } from '../../../words/index.ts';
import { actorOf, tenantZone, type Caller } from '../../server/caller.ts';
import { type Api, route, type Context, orNotFound, type Untagged, tagged } from '../../server/route.ts';
import { ById, listOf, PageQuery, DayOrInstant, moment, Flag, readPage } from '../../server/schema.ts';
import { becauseSchema } from '../law/law-schema.ts';
import { CostShown } from '../messages/figures.ts';
import { SeriesAsked, SeriesShown } from './booking-schema.ts';

/** A series, with its cost so far. */
export const SeriesAlone = SeriesShown.extend({ cost: CostShown }).meta({ id: 'SeriesAlone' });

const order = (
  word: SeriesOrder,
  { roles, summary }: { readonly roles: readonly Role[]; readonly summary: string },
): Untagged =>
  route(`POST /v1/reminder-series/{id}/${word}`, {
    roles,
    summary,
    params: ById,
    reply: SeriesShown,
    run: async ({ api: { vault, clock }, tx, caller, language, params: { id } }) => {
      await mayOrder(tx, caller, id);
      const ordered = { seriesId: id, order: word, actor: actorOf(caller) };
      const considered = await orderSeries(tx, { clock }, ordered);
      return seriesView(tx, { keys: await vault.tenant(tx), language }, considered);
    },
  });

export const seriesRoutes = tagged('Reminders', [
  route('GET /v1/reminder-series', {
    roles: READING_REMINDERS,
    summary: 'Lists series in order of creation.',
    query: PageQuery.extend({ ...SeriesAsked, kind: SeriesShown.shape.kind.optional() }),
    reply: listOf(SeriesShown),
    run: ({ api, tx, language, query }) => listed(api, tx, { ...query, language }),
  }),
  route('GET /v1/reminder-series/{id}', {
    roles: READING_REMINDERS,
    summary: 'Shows every step: planned, sent, moved, skipped and why; what it cost so far.',
    params: ById,
    reply: SeriesAlone,
    run: async ({ api: { vault, clock }, tx, language, params: { id } }) => {
      const series = orNotFound(await readSeries(tx, id));
      const view = await viewSeries(tx, { keys: await vault.tenant(tx), now: clock.now(), language }, series);
      return { ...view, cost: await costOfSeries(tx, id) };
    },
  }),
  // An operator may pause and resume; only those who keep bookings may end a series for good.
  order('pause', {
    roles: PAUSING_REMINDERS,
    summary: 'Nothing more of it is marked, from the next mark on.',
  }),
  order('resume', { roles: PAUSING_REMINDERS, summary: 'Lets a paused series go on.' }),
  order('cancel', { roles: BOOKING, summary: 'Ends it; whoever was told of the event is told so.' }),
]);

/** Refuses a scheduler orders to series of another system. */
async function mayOrder(tx: Transaction, { role, source }: Caller, id: string): Promise<void> {
  if (role !== 'scheduler') return;
  const series = await readSeries(tx, id);
  if (series === undefined || series.source === source) return;
  throw new Refusal('ROLE_NOT_ALLOWED', {
    detail: 'A scheduler may order series made by a key of the same source.',
  });
}

/** Lists series by a filter, whose days are whole local days, and whose practice is an external id or a name. */
export async function listed(
  { vault, clock }: Api,
  tx: Transaction,
  {
    practice,
    language,
    ...asked
  }: Omit<SeriesFilter, 'practice'> & { readonly practice?: string | undefined; readonly language: Language },
): Promise<{ items: SeriesView[]; next: string | null }> {
  const keys = await vault.tenant(tx);
  const zone = await tenantZone(tx);
  const filter = {
    ...asked,
    from: edge(asked.from, zone, 'start'),
    to: edge(asked.to, zone, 'end'),
    practice: practice === undefined ? undefined : await practiceAsked(tx, keys, practice),
  };
  const { items, next } = await readPage(filter, (page) => readSeriesPage(tx, page));
  return { items: await viewSeriesPage(tx, { keys, now: clock.now(), language }, items), next };
}

/** Finds the practice of a filter; one that is not stored is known by its name alone. */
export async function practiceAsked(
  tx: Transaction,
  keys: TenantKeys,
  practice: string,
): Promise<NonNullable<SeriesFilter['practice']>> {
  const kept = await practiceOf(tx, keys, practice);
  return { id: kept?.id ?? null, nameIndexes: practiceNameIndexes(keys, kept?.name ?? practice) };
}

/** Returns the start or the end of a filter as an instant; a date stands for a whole local day. */
export function edge(text: string | undefined, zone: string, side: 'start' | 'end'): string | undefined {
  if (text === undefined || text.length > 10) return text;
  const day = DateTime.fromISO(text, { zone });
  return (side === 'start' ? day.startOf('day') : day.endOf('day')).toISO() ?? undefined;
}

export const Unreached = z
  .object({
    seriesId: z.string(),
    kind: SeriesShown.shape.kind,
    externalId: z.string().nullable(),
    startsAt: z.string().optional(),
    refuseBy: z.string().nullish(),
    practice: z.string().nullable(),
    phone: z.string().nullable().describe('Whole for who may read it, else masked.'),
    because: becauseSchema,
  })
  .meta({ id: 'Unreached' });

export const reminderRoutes = tagged('Reminders', [
  route('GET /v1/reminders/unreached', {
    roles: PAUSING_REMINDERS,
    summary:
      'Whom to phone, and why: nobody told them and nothing will, or they answered NON or what a person must read. Tomorrow, unless said otherwise.',
    query: PageQuery.extend({
      from: DayOrInstant.optional(),
      to: DayOrInstant.optional(),
      masked: Flag.optional().describe('Masks every number, and is not on record as a reading of any.'),
    }),
    reply: listOf(Unreached),
    run: async ({ api: { vault, clock }, tx, caller, language, query }) => {
      const keys = await vault.tenant(tx);
      const zone = await tenantZone(tx);
      const asked = askedOf(query, { zone, now: clock.now() });
      const { limit, after } = query;
      const filter = { ...asked, orAnnounced: true, limit, after } as const;
      const found = await readPage(filter, (page) => readSeriesPage(tx, page));
      const reading = { keys, caller, language, asked, now: clock.now(), masked: query.masked === true };
      const items = await unreached(tx, reading, found.items);
      if (!reading.masked) await noteRead(tx, { caller, numbers: items.length, when: moment(clock) });
      return { items, next: found.next };
    },
  }),
]);

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

/**
 * Lists the people of a page whom no message reached or will reach; the number of statements does not depend on
 * theirs.
 */
async function unreached(
  tx: Transaction,
  { keys, caller, language, asked, now, masked }: Reading,
  page: readonly Series[],
): Promise<z.input<typeof Unreached>[]> {
  if (page.length === 0) return [];
  const toPhone = (await situationsOf(tx, now, page)).flatMap(({ series, steps, eligibility }) => {
    const because = whyUnreached({ series, steps, eligibility: { ...eligibility, locale: language } }, asked);
    return because === undefined ? [] : [{ series, steps, eligibility, because }];
  });
  const holders = await holdersOf(tx, keys, toPhone);
  return mapInSlices(toPhone, ({ because, ...known }) => {
    const { series } = known;
    const view = shownSeries(known, { holders, language });
    const { seriesId, kind, externalId, startsAt, refuseBy, practice } = view;
    const holder = holders.get(series.contactId);
    const phone = holder === undefined ? null : shownNumber(holder.person.phone, { caller, series, masked });
    return { seriesId, kind, externalId, startsAt, refuseBy, practice, phone, because };
  });
}

/**
 * Returns a number for the person who will call it, in clear if the caller may see it; a scheduler sees those of its
 * own system.
 */
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
