import { sql } from 'kysely';
import { col, idRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { Recurrence } from './recurrence.ts';

const keptRecurrenceRows = rowsOf('recurrence', [
  'launchedBy',
  'acknowledged',
  'lookedUnder',
  'every',
  'timeZone',
  'expiresAfter',
]).with({
  /** ISO instant of the last occurrence with a result. */
  lastAt: col.text().orNull(),
  on: col.of('recurrence', 'firstOn'),
  at: col.of('recurrence', 'atHour'),
  until: col.of('recurrence', 'untilOn'),
});

/** A stored recurrence: who launched it, and the revision of the law clock at the last look. */
export type KeptRecurrence = RowOf<typeof keptRecurrenceRows>;

/** Stores a campaign's recurrence; without a zone in that of its tenant. */
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

/** Reads a campaign's recurrence; undefined when there is none. */
export const readRecurrence = (tx: Transaction, campaignId: string): Promise<KeptRecurrence | undefined> =>
  tx.first(keptRecurrenceRows.sql`
    SELECT every, first_on::text AS on, at_hour AS at, time_zone AS "timeZone", until_on::text AS until, expires_after AS "expiresAfter",
           launched_by AS "launchedBy", acknowledged, looked_under AS "lookedUnder",
           (SELECT iso(max(o.occurs_at)) FROM occurrence o WHERE o.recurrence_id = r.campaign_id) AS "lastAt"
      FROM recurrence r WHERE r.campaign_id = ${campaignId}::uuid`);

/** Returns the recurrence of which this campaign is an occurrence; undefined for a single one. */
export async function recurrenceOf(tx: Transaction, campaignId: string): Promise<string | undefined> {
  const row = await tx.first(
    idRows.sql`SELECT recurrence_id AS id FROM occurrence WHERE campaign_id = ${campaignId}::uuid`,
  );
  return row?.id;
}

/** Stores the author of the launch and the acknowledgements for each occurrence. */
export async function keepLaunch(
  tx: Transaction,
  campaignId: string,
  { actor, acknowledge }: { readonly actor: string; readonly acknowledge: readonly string[] },
): Promise<void> {
  await tx.run(sql`
    UPDATE recurrence SET launched_by = ${actor}, acknowledged = ${[...acknowledge]}::text[] WHERE campaign_id = ${campaignId}::uuid`);
}

/** Stores the revision of the law clock of a look: a clock moved later raises it. */
export async function keepLook(tx: Transaction, campaignId: string, clockRevision: number): Promise<void> {
  await tx.run(
    sql`UPDATE recurrence SET looked_under = ${clockRevision} WHERE campaign_id = ${campaignId}::uuid`,
  );
}

const occurrenceRows = rowsOf('occurrence', ['id', 'campaignId', 'because']).with({
  at: col.of('occurrence', 'occursAt'),
});

/** The result of one occurrence. */
export type Occurrence = RowOf<typeof occurrenceRows>;

/** Stores the results of occurrences; each once. */
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

/** Reads a page of occurrences in order; `after` is the id of one. */
export const readOccurrences = (
  tx: Transaction,
  recurrenceId: string,
  { after, limit }: { readonly after?: string | undefined; readonly limit: number },
): Promise<Occurrence[]> =>
  tx.rows(occurrenceRows.sql`
    SELECT id, iso(occurs_at) AS at, campaign_id AS "campaignId", because FROM occurrence
     WHERE recurrence_id = ${recurrenceId}::uuid
       AND ${after === undefined ? sql`true` : sql`occurs_at > (SELECT o.occurs_at FROM occurrence o WHERE o.id = ${after}::uuid)`}
     ORDER BY occurs_at LIMIT ${limit}`);
