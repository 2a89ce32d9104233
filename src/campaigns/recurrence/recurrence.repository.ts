import { DateTime, Duration } from 'luxon';
import { sql } from 'kysely';
import { type Page, query, type ResultOf, type Transaction } from '../../platform/index.ts';

export interface Recurrence {
  /** `P1D`, `P2W`, `P1M`: whole days, weeks or months. */
  readonly every: string;
  /** `YYYY-MM-DD` of the first occurrence, from which the others are counted. */
  readonly on: string;
  /** `HH:MM`. */
  readonly at: string;
  /** IANA name. */
  readonly timeZone: string;
  /** The last possible day, `YYYY-MM-DD`. */
  readonly until: string | null;
  /** ISO 8601 duration after which an occurrence expires; null for never. */
  readonly expiresAfter: string | null;
}

/** No outage makes more occurrences pass; of more, only the last ones are reported. */
const MOST_PASSED = 400;

/** Returns the first occurrence after a moment; undefined after the last. */
export function nextOccurrence(recurrence: Recurrence, after: DateTime): DateTime<true> | undefined {
  const next = occurrence(recurrence, countUpTo(recurrence, after));
  return isOver(recurrence, next) ? undefined : next;
}

/** Returns the occurrences after one moment and up to another, in order; the last ones when there are very many. */
export function passedOccurrences(
  recurrence: Recurrence,
  { after, upTo }: { readonly after: DateTime; readonly upTo: DateTime },
): readonly DateTime<true>[] {
  const end = countUpTo(recurrence, upTo);
  const begin = Math.max(countUpTo(recurrence, after), end - MOST_PASSED);
  return Array.from({ length: Math.max(0, end - begin) }, (_, index) =>
    occurrence(recurrence, begin + index),
  ).filter((moment) => !isOver(recurrence, moment));
}

/** Computes an occurrence from the first day each time, so that a short month does not move the later ones. */
function occurrence({ every, on, at, timeZone }: Recurrence, index: number): DateTime<true> {
  const { days = 0, weeks = 0, months = 0 } = Duration.fromISO(every).toObject();
  const day = DateTime.fromISO(on, { zone: timeZone }).plus({
    days: days * index,
    weeks: weeks * index,
    months: months * index,
  });
  const moment = DateTime.fromISO(`${day.toFormat('yyyy-MM-dd')}T${at}`, { zone: timeZone });
  if (!moment.isValid) throw new RecurrenceUnreadable(`${on} ${at} ${timeZone}`);
  return moment;
}

/** Counts the occurrences up to a moment. */
function countUpTo(recurrence: Recurrence, upTo: DateTime): number {
  const first = occurrence(recurrence, 0);
  if (upTo < first) return 0;
  const days = upTo.diff(first, 'days').days;
  // The longest possible distance between occurrences gives a count that is never too high.
  let count = Math.max(0, Math.floor(days / mostDays(recurrence)) - 1);
  while (occurrence(recurrence, count) <= upTo) count += 1;
  return count;
}

function mostDays({ every }: Recurrence): number {
  const { days = 0, weeks = 0, months = 0 } = Duration.fromISO(every).toObject();
  return days + weeks * 7 + months * 31;
}

const isOver = ({ until }: Recurrence, moment: DateTime): boolean =>
  until !== null && moment.toFormat('yyyy-MM-dd') > until;

class RecurrenceUnreadable extends Error {
  override readonly name = 'RecurrenceUnreadable';
}

/** The moment of the last stored occurrence. */
const lastAt = sql<string | null>`
  (SELECT max(o.occurs_at) FROM occurrence o WHERE o.recurrence_id = r.campaign_id)`;

const recurrences = query
  .selectFrom('recurrence as r')
  .select(['r.every', 'r.firstOn as on', 'r.atHour as at', 'r.timeZone', 'r.untilOn as until'])
  .select(['r.expiresAfter', 'r.launchedBy', 'r.acknowledged', 'r.lookedUnder', lastAt.as('lastAt')]);

/** A stored recurrence, with who launched it and the revision of the law clock at its last plan. */
export type KeptRecurrence = ResultOf<typeof recurrences>;

/** Stores the recurrence of a campaign, in the tenant's zone unless it has its own. */
export async function insertRecurrence(
  tx: Transaction,
  campaignId: string,
  {
    every,
    on,
    at,
    timeZone,
    until,
    expiresAfter,
  }: Omit<Recurrence, 'timeZone'> & { readonly timeZone?: string | undefined },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO recurrence (campaign_id, tenant_id, every, first_on, at_hour, time_zone, until_on, expires_after)
    SELECT ${campaignId}::uuid, t.id, ${every}, ${on}::date, ${at}, coalesce(${timeZone ?? null}, t.time_zone), ${until}::date, ${expiresAfter}
      FROM tenant t WHERE t.id = ${tx.tenantId}::uuid`);
}

export const readRecurrence = (tx: Transaction, campaignId: string): Promise<KeptRecurrence | undefined> =>
  tx.first(recurrences.where('r.campaignId', '=', campaignId));

/** Reads the recurrences among some campaigns, by the id of the campaign. */
export async function recurrencesOfEach(
  tx: Transaction,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, KeptRecurrence>> {
  const rows = await tx.rows(recurrences.select('r.campaignId').where('r.campaignId', 'in', campaignIds));
  return new Map(rows.map(({ campaignId, ...recurrence }) => [campaignId, recurrence]));
}

/** Reads the ids of the recurrences of which some campaigns are occurrences, by the id of the campaign. */
export async function recurrencesBehind(
  tx: Transaction,
  campaignIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.rows(
    query
      .selectFrom('occurrence')
      .select(['campaignId', 'recurrenceId'])
      .where('campaignId', 'in', campaignIds),
  );
  return new Map(
    rows.flatMap(({ campaignId, recurrenceId }) => (campaignId === null ? [] : [[campaignId, recurrenceId]])),
  );
}

/** Stores who launched a recurrence and what they acknowledged, for the launch of each occurrence. */
export async function keepLaunch(
  tx: Transaction,
  campaignId: string,
  { actor, acknowledge }: { readonly actor: string; readonly acknowledge: readonly string[] },
): Promise<void> {
  const launch = { launchedBy: actor, acknowledged: acknowledge };
  await tx.run(query.updateTable('recurrence').set(launch).where('campaignId', '=', campaignId));
}

/** Stores the revision of the law clock under which the recurrence was planned: moving the clock raises it. */
export async function keepClockRevision(
  tx: Transaction,
  campaignId: string,
  clockRevision: number,
): Promise<void> {
  const look = { lookedUnder: clockRevision };
  await tx.run(query.updateTable('recurrence').set(look).where('campaignId', '=', campaignId));
}

const results = query.selectFrom('occurrence').select(['id', 'occursAt as at', 'campaignId', 'because']);

export type Occurrence = ResultOf<typeof results>;

/** Stores what became of occurrences. */
export async function insertOccurrences(
  tx: Transaction,
  {
    recurrenceId,
    occurrences,
    at,
  }: { readonly recurrenceId: string; readonly occurrences: readonly Occurrence[]; readonly at: string },
): Promise<void> {
  if (occurrences.length === 0) return;
  await tx.run(sql`
    INSERT INTO occurrence (id, tenant_id, recurrence_id, occurs_at, campaign_id, because, noted_at)
    SELECT r.id, ${tx.tenantId}::uuid, ${recurrenceId}::uuid, r.at, r."campaignId", r.because, ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(occurrences)}::jsonb) AS r(id uuid, at timestamptz, "campaignId" uuid, because text)`);
}

/** Reads a page of the stored occurrences of a recurrence in order; `after` is the id of one. */
export const readOccurrences = (
  tx: Transaction,
  recurrenceId: string,
  { after, limit }: Page,
): Promise<Occurrence[]> => {
  const all = results.where('recurrenceId', '=', recurrenceId).orderBy('occursAt').limit(limit);
  if (after === undefined) return tx.rows(all);
  const last = query.selectFrom('occurrence').select('occursAt').where('id', '=', after);
  return tx.rows(all.where('occursAt', '>', last));
};
