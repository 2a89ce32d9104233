import { setImmediate as yieldTurn } from 'node:timers/promises';
import type { DateTime } from 'luxon';
import { sql, type RawBuilder } from 'kysely';
import { type Clock, type Transaction, col, computedRows, idRows, rowsOf } from '../../platform/index.ts';
import type { TenantKeys } from '../../crypto/index.ts';
import { mapInSlices } from '../../base/index.ts';
import { readContacts, type Contact } from '../../people/index.ts';
import type { SeriesSituation } from '../steps/owed-steps.ts';
import { readStepsOf } from '../steps/step.repository.ts';
import { seqOfStep, type Step } from '../steps/step.ts';
import { easterPlus } from '../../law/index.ts';
import { outlookOf, situationsOf } from './outlook.ts';
import { kindOf, ownText } from './series-composer.ts';
import { seriesDetailsOf, type ReminderPurpose, type Series } from './series.ts';
import { readSeriesOf } from './series.repository.ts';
import type { Eligibility } from './reminder-eligibility.repository.ts';
import { wakeSeries } from './notify.repository.ts';

/** The expected effect of a change of choices on planned reminders. */
export interface RemindersForeseen {
  readonly reminders: readonly ReminderMoved[];
  /** Count of series it may concern, and of those examined: the soonest. */
  readonly concerned: number;
  readonly looked: number;
}

const MOST_EXAMINED = 300;

/** Series signalled by one statement. */
const WOKEN_AT_ONCE = 1_000;

/** Computes what would move under other choices of the tenant or a practice, by the planner of bookings; nothing is changed. */
export async function remindersForeseen(
  tx: Transaction,
  question: ChoiceQuestion,
): Promise<RemindersForeseen> {
  const { series: found, all } = await seriesConcerned(tx, { ...question, most: MOST_EXAMINED });
  const ids = found.map(({ id }) => id);
  const situations = await situationsOf(tx, question.now, await readSeriesOf(tx, ids));
  const byId = new Map(situations.map((one) => [one.series.id, one]));
  const reminders: ReminderMoved[] = [];
  for (const one of found) {
    reminders.push(...foreseen(byId.get(one.id), one, question));
    // Two plans of a series take some 2 ms: other work goes between.
    await yieldTurn();
  }
  return { reminders, concerned: all, looked: found.length };
}

function foreseen(
  situation: SeriesSituation | undefined,
  { practiceChose }: { readonly practiceChose: boolean },
  { change, practiceId }: ChoiceQuestion,
): ReminderMoved[] {
  if (situation === undefined) return [];
  const { series, eligibility } = situation;
  const isPracticesOwn = practiceChose && practiceId === undefined;
  const chosen: Eligibility = {
    ...eligibility,
    ...change,
    goodFriday: isPracticesOwn ? eligibility.goodFriday : (change.goodFriday ?? eligibility.goodFriday),
  };
  // Steps that have drifted since they were planned move at the next look, with any choice.
  const before = outlookOf(situation).steps;
  const after = outlookOf({ ...situation, eligibility: chosen }).steps;
  // A choice no longer moves what is being sent.
  const unsent = after.filter(({ message }) => message === null);
  return remindersMoved({ series, eligibility, before, after: unsent });
}

/** Signals series that a change may concern to plan again; a practice's own choice concerns its own alone. */
export async function wakeConcerned(
  tx: Transaction,
  { clock }: { readonly clock: Clock },
  question: { readonly change: ChoiceChange; readonly practiceId?: string | undefined },
): Promise<void> {
  const about = { class: 'change', machineMs: clock.machine() } as const;
  let after: string | undefined;
  do {
    const ids = await concernedAfter(tx, { ...question, now: clock.now(), after, most: WOKEN_AT_ONCE });
    await wakeSeries(tx, ids, about);
    after = ids.length < WOKEN_AT_ONCE ? undefined : ids.at(-1);
  } while (after !== undefined);
}

/** Counts planned reminders with the tenant's text of a purpose, not one of their booking. */
export async function textsForeseen(
  tx: Transaction,
  keys: TenantKeys,
  purposes: readonly ReminderPurpose[],
): Promise<{ readonly reminders: number; readonly concerned: number; readonly looked: number }> {
  if (purposes.length === 0) return { reminders: 0, concerned: 0, looked: 0 };
  const { ids, all } = await seriesAhead(tx, { purposes, most: MOST_EXAMINED });
  const series = await readSeriesOf(tx, ids);
  // Sent together, the queries take one round trip.
  const [contacts, steps] = await Promise.all([
    readContacts(tx, keys, [...new Set(series.map(({ contactId }) => contactId))]),
    readStepsOf(tx, series),
  ]);
  const holders = new Map(contacts.map((contact) => [contact.id, contact]));
  const counts = await mapInSlices(series, (one) =>
    stepsWithTenantText(holders.get(one.contactId), one, steps.get(one.id) ?? []),
  );
  return { reminders: counts.reduce((sum, count) => sum + count, 0), concerned: all, looked: ids.length };
}

function stepsWithTenantText(contact: Contact | undefined, series: Series, steps: readonly Step[]): number {
  if (contact === undefined) return 0;
  const { text } = seriesDetailsOf(contact.key, series);
  return steps.filter(
    (step) =>
      step.state === 'planned' &&
      step.message === null &&
      ownText(kindOf(series, step), { booked: text, usual: TENANTS }) === TENANTS,
  ).length;
}

/** Stands for any text of the tenant. */
const TENANTS = 'the text of the tenant';

/** A reminder that a change would move; `from` is null where only the change sends it, `to` where it ends it. */
export interface ReminderMoved {
  readonly seriesId: string;
  readonly step: string;
  readonly territory: string;
  readonly timeZone: string;
  /** ISO instants of sending, before and after the change. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Lists reminders that would be sent at another moment, or only before or only after. */
export function remindersMoved({
  series,
  eligibility,
  before,
  after,
}: Pick<SeriesSituation, 'series' | 'eligibility'> & {
  readonly before: readonly Step[];
  readonly after: readonly Step[];
}): ReminderMoved[] {
  const known = new Map(before.map((step) => [seqOfStep(step), step]));
  const { territory, timeZone } = eligibility;
  return after.flatMap((step) => {
    const [from, to] = [departs(known.get(seqOfStep(step))), departs(step)];
    return same(from, to) ? [] : [{ seriesId: series.id, step: step.step, territory, timeZone, from, to }];
  });
}

/** Returns the moment of a step; null when it was sent, or will not be. */
export const departs = (step: Step | undefined): string | null =>
  step?.state === 'planned' ? step.plannedAt : null;

const same = (one: string | null, other: string | null): boolean =>
  one === other || (one !== null && other !== null && Date.parse(one) === Date.parse(other));

/** The changed choices of a tenant that decide when reminders are sent, or whether they are. */
export type ChoiceChange = Partial<
  Pick<Eligibility, 'goodFriday' | 'ifLate' | 'confirmationSkips' | 'onDecline'>
>;

/** A changed choice: of one practice, or of the tenant for all practices without their own. */
interface ChoiceQuestion {
  readonly change: ChoiceChange;
  readonly now: DateTime<true>;
  readonly practiceId?: string | undefined;
}

/** The Good Fridays of so many years are examined: nobody books further ahead. */
const YEARS_AHEAD = 3;

/** Days around a closed day whose plans may move with it. */
const DAYS_AROUND = { before: 12, after: 3 } as const;

const hasStep = (where: RawBuilder<unknown>): RawBuilder<unknown> => sql`EXISTS (
  SELECT FROM reminder_step p WHERE p.series_id = s.id AND p.revision = s.revision AND p.state IN ('planned', 'skipped') AND (${where}))`;

const near = (at: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`${at} >= f.day - make_interval(days => ${DAYS_AROUND.before}) AND ${at} < f.day + make_interval(days => ${DAYS_AROUND.after})`;

function aroundGoodFriday({ now, practiceId }: ChoiceQuestion): RawBuilder<unknown> {
  const fridays = Array.from({ length: YEARS_AHEAD }, (_, years) => easterPlus(now.year + years, -2));
  const follows =
    practiceId === undefined
      ? sql`NOT EXISTS (SELECT FROM practice r WHERE r.id = s.practice_id AND r.good_friday IS NOT NULL)`
      : sql`s.practice_id = ${practiceId}::uuid`;
  return sql`s.territory ~ 'FR-' AND ${follows} AND ${hasStep(sql`EXISTS (
    SELECT FROM unnest(${fridays}::date[]) AS f(day) WHERE ${near(sql`p.wanted_at`)} OR ${near(sql`p.planned_at`)})`)}`;
}

/** Selects the open series that each choice may concern. */
const CONCERNS: Readonly<Record<keyof ChoiceChange, (question: ChoiceQuestion) => RawBuilder<unknown>>> = {
  goodFriday: aroundGoodFriday,
  ifLate: () =>
    sql`s.terms ->> 'ifLate' IS NULL AND ${hasStep(sql`p.state = 'planned' AND p.planned_at > p.wanted_at`)}`,
  confirmationSkips: () => sql`s.kind = 'appointment' AND s.confirmed_at IS NOT NULL`,
  onDecline: () =>
    sql`s.kind = 'appointment' AND s.declined_at IS NOT NULL AND s.terms ->> 'onDecline' IS NULL`,
};

const CHOICES = ['goodFriday', 'ifLate', 'confirmationSkips', 'onDecline'] as const;

const concerned = (tx: Transaction, question: ChoiceQuestion): RawBuilder<unknown> => {
  const some = CHOICES.filter((name) => question.change[name] !== undefined).map(
    (name) => sql`(${CONCERNS[name](question)})`,
  );
  return sql`s.tenant_id = ${tx.tenantId}::uuid AND s.state IN ('open', 'paused') AND (${sql.join([sql`false`, ...some], sql` OR `)})`;
};

const seriesConcernedRows = rowsOf('reminder_series', ['id']).with({
  /** True when its practice has its own choice on Good Friday. */
  practiceChose: col.flag(),
  all: col.number(),
});

/** Reads the concerned series, the soonest first, and the number of all. */
async function seriesConcerned(tx: Transaction, question: ChoiceQuestion & { readonly most: number }) {
  const rows = await tx.rows(seriesConcernedRows.sql`
    SELECT s.id, EXISTS (SELECT FROM practice r WHERE r.id = s.practice_id AND r.good_friday IS NOT NULL) AS "practiceChose",
           count(*) OVER ()::int AS all
      FROM reminder_series s WHERE ${concerned(tx, question)} ORDER BY s.next_action_at NULLS LAST, s.id LIMIT ${question.most}`);
  return { series: rows, all: rows[0]?.all ?? 0 };
}

/** Reads a page of the ids of concerned series after one, in order. */
async function concernedAfter(
  tx: Transaction,
  question: ChoiceQuestion & { readonly after: string | undefined; readonly most: number },
): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT s.id FROM reminder_series s
     WHERE ${concerned(tx, question)} AND (${question.after ?? null}::uuid IS NULL OR s.id > ${question.after ?? null}::uuid)
     ORDER BY s.id LIMIT ${question.most}`);
  return rows.map(({ id }) => id);
}

const pageOfSeriesRows = rowsOf('reminder_series', ['id']).with({ all: col.number() });

/** Reads open series of purposes with reminders ahead: the soonest ones, and the total. */
async function seriesAhead(
  tx: Transaction,
  { purposes, most }: { readonly purposes: readonly ReminderPurpose[]; readonly most: number },
) {
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
