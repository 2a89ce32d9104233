import { sql, type RawBuilder } from 'kysely';
import { personKey, type RowOf, rowsOf, type TenantKeys, type Transaction } from '../../platform/index.ts';
import { seriesDetailsOf } from '../../reminders/index.ts';
import type { SeriesAudience } from './audience.ts';

/** Selects people who expect an event of that kind then; also when all their reminders were sent. */
export const seriesMembers = (asked: SeriesAudience, at: string): RawBuilder<unknown> =>
  sql`SELECT DISTINCT s.contact_id FROM reminder_series s WHERE ${expected(asked, at)}`;

/** A payment plan happens on each of its dates, anything else at its event. */
function expected(
  { kind, practiceId, practiceIndexes = [], eventFrom, eventTo }: SeriesAudience,
  at: string,
): RawBuilder<unknown> {
  const between = (moment: RawBuilder<unknown>): RawBuilder<unknown> =>
    sql`${moment} BETWEEN ${eventFrom}::timestamptz AND ${eventTo}::timestamptz`;
  const due = sql`((i ->> 'dueOn')::date + time '12:00') AT TIME ZONE s.event_zone`;
  const when =
    kind === 'payment-plan'
      ? sql`EXISTS (SELECT FROM jsonb_array_elements(s.terms -> 'instalments') i WHERE ${between(due)})`
      : between(sql`s.event_at`);
  const where =
    practiceId === undefined
      ? sql`true`
      : sql`(s.practice_id = ${practiceId}::uuid OR encode(s.practice_index, 'hex') = ANY (${practiceIndexes}::text[]))`;
  return sql`s.kind = ${kind} AND s.state IN ('open', 'paused', 'completed') AND s.event_at > ${at}::timestamptz AND ${when} AND ${where}`;
}

const sealedSeriesRows = rowsOf('reminder_series', ['id', 'contactId', 'sealed']).and('contact_key', [
  'wrapped',
]);

/** The sealed data that identify a series' contract. */
type SealedSeries = RowOf<typeof sealedSeriesRows>;

const PAGE = 1_000;

/** Finds the people whose contract has that name, in any case; names are opened a page at a time. */
export async function contactsOfService(
  tx: Transaction,
  keys: TenantKeys,
  { asked, at }: { readonly asked: SeriesAudience; readonly at: string },
): Promise<string[]> {
  const found = new Set<string>();
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const page = await tx.rows(sealedSeriesRows.sql`
      SELECT s.id, s.contact_id AS "contactId", s.sealed, y.wrapped
        FROM reminder_series s JOIN contact_key y ON y.contact_id = s.contact_id
       WHERE ${expected(asked, at)} AND s.id > ${after}::uuid ORDER BY s.id LIMIT ${PAGE}`);
    for (const series of page) if (isNamed(keys, series, asked.service)) found.add(series.contactId);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return [...found];
    after = last.id;
  }
}

function isNamed(keys: TenantKeys, series: SealedSeries, service: string | undefined): boolean {
  const { service: named, label } = seriesDetailsOf(
    personKey(keys, series.contactId, series.wrapped),
    series,
  );
  return plain(named ?? label) === plain(service);
}

const plain = (name: string | undefined): string =>
  (name ?? '').normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLocaleLowerCase('fr');
