import { sql, type RawBuilder } from 'kysely';
import { col, computedRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import { LIVES_MONTHS } from '../../law/index.ts';
import { conditionOf } from '../eligibility/eligibility.repository.ts';

/** Months before the end in which people are worth asking again. */
const SOON_MONTHS = 3;

/** `stale`: no longer written to; `soon`: within three months; `unheard`: agreed long ago, without a sign of life since. */
export type Staleness = 'stale' | 'soon' | 'unheard';

const staleContactRows = rowsOf('contact_key', ['wrapped']).with({
  id: col.text(),
  state: col.text<Staleness>(),
  lastInteractionAt: col.text().orNull(),
  agreedAt: col.text(),
  sealed: col.bytes(),
});

/** A person who may get advertising, and their last sign of life. */
export type StaleContact = RowOf<typeof staleContactRows>;

const staleCountsRows = computedRows({ stale: col.number(), soon: col.number(), unheard: col.number() });

/** Counts of people by state. */
export type StaleCounts = RowOf<typeof staleCountsRows>;

/** Counts people who may get advertising without a recent sign of life, at an instant of the law clock. */
export async function countStale(tx: Transaction, at: string): Promise<StaleCounts> {
  const row = await tx.first(staleCountsRows.sql`
    SELECT count(*) FILTER (WHERE state = 'stale')::int AS stale, count(*) FILTER (WHERE state = 'soon')::int AS soon,
           count(*) FILTER (WHERE state = 'unheard')::int AS unheard
      FROM (${stale(at)}) AS s`);
  return row ?? { stale: 0, soon: 0, unheard: 0 };
}

/** Reads a page of them, in order of creation. */
export const readStale = (
  tx: Transaction,
  at: string,
  page: {
    readonly state?: Staleness | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<StaleContact[]> =>
  tx.rows(staleContactRows.sql`
    SELECT s.id, s.state, iso(s.last_interaction_at) AS "lastInteractionAt", iso(s.since) AS "agreedAt", s.sealed, y.wrapped
      FROM (${stale(at)}) AS s JOIN contact_key y ON y.contact_id = s.id
     WHERE (${page.state ?? null}::text IS NULL OR s.state = ${page.state ?? null})
       AND (${page.after ?? null}::uuid IS NULL OR s.id > ${page.after ?? null}::uuid)
     ORDER BY s.id LIMIT ${page.limit}`);

/** Contacts who may still be written to and soon will not: their agreement is not over on that day. */
export const worthAsking = (at: string): RawBuilder<unknown> => sql`
  SELECT s.id AS contact_id FROM (${stale(at)}) AS s
   WHERE s.state <> 'stale' AND NOT s.outlived`;

const stale = (at: string): RawBuilder<unknown> => {
  const lives = LIVES_MONTHS.on(at);
  return sql`
  SELECT c.id, c.sealed, c.last_interaction_at, k.since,
         CASE WHEN c.last_interaction_at IS NULL THEN 'unheard'
              WHEN ${conditionOf('number without a sign of life', { at: sql`${at}::timestamptz` })} THEN 'stale'
              ELSE 'soon' END AS state,
         ${conditionOf('agreement not renewed', { at: sql`${at}::timestamptz` })} AS outlived
    FROM contact c JOIN consent k ON k.contact_id = c.id AND k.purpose = 'marketing' AND k.sendable
   WHERE c.retired_at IS NULL
     AND greatest(c.last_interaction_at, k.since) < ${at}::timestamptz - make_interval(months =>
           CASE WHEN c.last_interaction_at IS NULL THEN ${lives}::int ELSE ${lives - SOON_MONTHS}::int END)`;
};
