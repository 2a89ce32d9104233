import { sql, type RawBuilder } from 'kysely';
import type { DateTime } from 'luxon';
import { col, computedRows, idRows, rowsOf, type Transaction } from '../../platform/index.ts';
import { easterPlus } from '../../law/index.ts';
import type { ReminderPurpose } from './series.ts';
import type { Eligibility } from './reminder-eligibility.repository.ts';

/** The changed choices of a tenant that decide when reminders are sent, or whether they are. */
export type ChoiceChange = Partial<
  Pick<Eligibility, 'goodFriday' | 'ifLate' | 'confirmationSkips' | 'onDecline'>
>;

/** The changed choice and its time; of one practice, or of the tenant for all practices without their own. */
interface Asked {
  readonly change: ChoiceChange;
  readonly now: DateTime<true>;
  readonly practiceId?: string | undefined;
}

/** Years of Good Fridays examined: nobody books further ahead. */
const YEARS_AHEAD = 3;

/** Days around a closed day whose plans may move with it. */
const DAYS_AROUND = { before: 12, after: 3 } as const;

const hasStep = (where: RawBuilder<unknown>): RawBuilder<unknown> => sql`EXISTS (
  SELECT FROM reminder_step p WHERE p.series_id = s.id AND p.revision = s.revision AND p.state IN ('planned', 'skipped') AND (${where}))`;

const near = (at: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`${at} >= f.day - make_interval(days => ${DAYS_AROUND.before}) AND ${at} < f.day + make_interval(days => ${DAYS_AROUND.after})`;

function aroundGoodFriday({ now, practiceId }: Asked): RawBuilder<unknown> {
  const fridays = Array.from({ length: YEARS_AHEAD }, (_, years) => easterPlus(now.year + years, -2));
  const says =
    practiceId === undefined
      ? sql`NOT EXISTS (SELECT FROM practice r WHERE r.id = s.practice_id AND r.good_friday IS NOT NULL)`
      : sql`s.practice_id = ${practiceId}::uuid`;
  return sql`s.territory ~ 'FR-' AND ${says} AND ${hasStep(sql`EXISTS (
    SELECT FROM unnest(${fridays}::date[]) AS f(day) WHERE ${near(sql`p.wanted_at`)} OR ${near(sql`p.planned_at`)})`)}`;
}

/** Selects the open series that each choice may concern. */
const CONCERNS: Readonly<Record<keyof ChoiceChange, (asked: Asked) => RawBuilder<unknown>>> = {
  goodFriday: aroundGoodFriday,
  ifLate: () =>
    sql`s.terms ->> 'ifLate' IS NULL AND ${hasStep(sql`p.state = 'planned' AND p.planned_at > p.wanted_at`)}`,
  confirmationSkips: () => sql`s.kind = 'appointment' AND s.confirmed_at IS NOT NULL`,
  onDecline: () =>
    sql`s.kind = 'appointment' AND s.declined_at IS NOT NULL AND s.terms ->> 'onDecline' IS NULL`,
};

const CHOICES = ['goodFriday', 'ifLate', 'confirmationSkips', 'onDecline'] as const;

const concerned = (tx: Transaction, asked: Asked): RawBuilder<unknown> => {
  const some = CHOICES.filter((name) => asked.change[name] !== undefined).map(
    (name) => sql`(${CONCERNS[name](asked)})`,
  );
  return sql`s.tenant_id = ${tx.tenantId}::uuid AND s.state IN ('open', 'paused') AND (${sql.join([sql`false`, ...some], sql` OR `)})`;
};

export interface SeriesConcerned {
  readonly id: string;
  /** True when its practice has its own choice on Good Friday. */
  readonly practiceSays: boolean;
}

const seriesConcernedRows = rowsOf('reminder_series', ['id']).with({
  practiceSays: col.flag(),
  all: col.number(),
});

/** Reads the soonest series, and the total. */
export async function seriesConcerned(
  tx: Transaction,
  asked: Asked & { readonly most: number },
): Promise<{ readonly series: readonly SeriesConcerned[]; readonly all: number }> {
  const rows = await tx.rows(seriesConcernedRows.sql`
    SELECT s.id, EXISTS (SELECT FROM practice r WHERE r.id = s.practice_id AND r.good_friday IS NOT NULL) AS "practiceSays",
           count(*) OVER ()::int AS all
      FROM reminder_series s WHERE ${concerned(tx, asked)} ORDER BY s.next_action_at NULLS LAST, s.id LIMIT ${asked.most}`);
  return { series: rows, all: rows[0]?.all ?? 0 };
}

/** Reads a page of their ids after one, in order. */
export async function concernedAfter(
  tx: Transaction,
  asked: Asked & { readonly after: string | undefined; readonly most: number },
): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT s.id FROM reminder_series s
     WHERE ${concerned(tx, asked)} AND (${asked.after ?? null}::uuid IS NULL OR s.id > ${asked.after ?? null}::uuid)
     ORDER BY s.id LIMIT ${asked.most}`);
  return rows.map(({ id }) => id);
}

const pageOfSeriesRows = rowsOf('reminder_series', ['id']).with({ all: col.number() });

/** Reads open series of purposes with reminders ahead: the soonest ones, and the total. */
export async function seriesAhead(
  tx: Transaction,
  { purposes, most }: { readonly purposes: readonly ReminderPurpose[]; readonly most: number },
): Promise<{ readonly ids: readonly string[]; readonly all: number }> {
  const rows = await tx.rows(pageOfSeriesRows.sql`
    SELECT s.id, count(*) OVER ()::int AS all FROM reminder_series s
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.state IN ('open', 'paused') AND s.purpose = ANY(${purposes}::text[])
       AND ${hasStep(sql`p.state = 'planned'`)} ORDER BY s.next_action_at NULLS LAST, s.id LIMIT ${most}`);
  return { ids: rows.map(({ id }) => id), all: rows[0]?.all ?? 0 };
}

const plannedRows = computedRows({ planned: col.number() });

/** Counts planned reminders under a sender, which must stay available until they are booked anew. */
export async function plannedUnder(tx: Transaction, sender: string): Promise<number> {
  const row = await tx.first(plannedRows.sql`
    SELECT count(*)::int AS planned FROM reminder_series s JOIN reminder_step p ON p.series_id = s.id
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.state IN ('open', 'paused') AND s.sender = ${sender} AND p.state = 'planned'`);
  return row?.planned ?? 0;
}
