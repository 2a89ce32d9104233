import { sql } from 'kysely';
import { col, computedRows, query, type ResultOf, type Transaction } from '../../platform/index.ts';
import { accounts } from '../run/run.repository.ts';
import type { Campaign } from '../campaign.repository.ts';
import { frozenPlaceRows, type FrozenPlace } from '../audience/freeze.repository.ts';
import type { ReadyRow } from '../../sending/index.ts';
import type { RehearsalReport } from './rehearsal-report.ts';

const rehearsals = query
  .selectFrom('rehearsal')
  .select(['id', 'campaignId', 'revision', 'state', 'askedAt', 'endedAt', 'report', 'sha256', 'weighed'])
  .select(['people', 'messagesLeft', 'partsLeft'])
  .$narrowType<{ state: 'running' | 'done' | 'failed'; report: RehearsalReport | null }>();

/** A stored rehearsal; instants are ISO 8601. */
export type KeptRehearsal = ResultOf<typeof rehearsals>;

const running = (id: string) =>
  query.updateTable('rehearsal').where('id', '=', id).where('state', '=', 'running');

/** Rehearsals kept of one campaign: the last ones show how changes affected it. */
const MOST_KEPT = 20;

/**
 * Opens a rehearsal unless one of the campaign is running; returns the id of the running one. One that has run since
 * before `deadBefore` counts as failed, since its process is gone. Instants are ISO, of the machine clock.
 */
export async function openRehearsal(
  tx: Transaction,
  opening: {
    readonly id: string;
    readonly campaignId: string;
    readonly revision: number;
    readonly at: string;
    readonly deadBefore: string;
  },
): Promise<string> {
  const { id, campaignId, revision, at, deadBefore } = opening;
  await tx.run(sql`
    UPDATE rehearsal SET state = 'failed', ended_at = ${at}::timestamptz
     WHERE campaign_id = ${campaignId}::uuid AND state = 'running' AND asked_at < ${deadBefore}::timestamptz`);
  await tx.run(sql`
    INSERT INTO rehearsal (id, tenant_id, campaign_id, revision, state, asked_at)
    VALUES (${id}, ${tx.tenantId}, ${campaignId}, ${revision}, 'running', ${at}::timestamptz) ON CONFLICT DO NOTHING`);
  await tx.run(sql`
    DELETE FROM rehearsal WHERE campaign_id = ${campaignId}::uuid AND state <> 'running' AND id NOT IN (
      SELECT id FROM rehearsal WHERE campaign_id = ${campaignId}::uuid ORDER BY id DESC LIMIT ${MOST_KEPT})`);
  const open = rehearsals.where('campaignId', '=', campaignId).where('state', '=', 'running');
  return (await tx.first(open))?.id ?? id;
}

/** The progress of a rehearsal: people whose text is composed, of all who would get one. */
export interface WeighedSoFar {
  readonly weighed: number;
  readonly people: number;
}

/** Stores the progress of a running rehearsal. */
export async function noteWeighed(
  tx: Transaction,
  id: string,
  { weighed, people }: WeighedSoFar,
): Promise<void> {
  await tx.run(running(id).set({ weighed, people }));
}

/** Stores the report of a finished rehearsal. */
export async function keepRehearsal(
  tx: Transaction,
  result: {
    readonly id: string;
    readonly at: string;
    readonly report: RehearsalReport;
    readonly sha256: string;
  },
): Promise<void> {
  const { id, at, sha256 } = result;
  const report = JSON.stringify(result.report);
  await tx.run(running(id).set({ state: 'done', endedAt: at, report, sha256 }));
}

/** Marks a running rehearsal as failed. */
export async function failRehearsal(tx: Transaction, id: string, at: string): Promise<void> {
  await tx.run(running(id).set({ state: 'failed', endedAt: at }));
}

/** Reads the last rehearsal of a campaign. */
export function readLastRehearsal(tx: Transaction, campaignId: string): Promise<KeptRehearsal | undefined> {
  const own = rehearsals.where('tenantId', '=', tx.tenantId).where('campaignId', '=', campaignId);
  return tx.first(own.orderBy('id', 'desc').limit(1));
}

const exclusionCountRows = computedRows({ reason: col.text(), people: col.number() });

/** Counts the excluded people of the table `frozen`, by reason. */
export const excludedInPicture = (tx: Transaction) =>
  tx.rows(exclusionCountRows.sql`
    SELECT reason, count(*)::int AS people FROM frozen WHERE reason IS NOT NULL GROUP BY 1 ORDER BY 1`);

/** Counts the people of the table `frozen` who could be written to, by locality, largest first. */
export const servableInPicture = (tx: Transaction) =>
  tx.rows(frozenPlaceRows.sql`
    SELECT territory, time_zone AS "timeZone", count(*)::int AS count FROM frozen WHERE reason IS NULL
     GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`);

/** Collects statistics of the table `frozen`, which autovacuum does not do for a temporary table. */
export async function measurePicture(tx: Transaction): Promise<void> {
  await tx.run(sql`ANALYZE frozen`);
}

const readyRows = computedRows({
  seq: col.number(),
  contactId: col.text().orNull(),
  territory: col.text().orNull(),
  timeZone: col.text().orNull(),
  sealed: col.of('contact', 'sealed').orNull(),
  wrapped: col.of('contact_key', 'wrapped').orNull(),
  numberVersion: col.of('contact', 'numberVersion').orNull(),
});

/** Reads people of one locality who could be written to, behind a position, in the shape that the send path reads. */
export async function picturedPage(
  tx: Transaction,
  {
    territory,
    timeZone,
    after,
    most,
  }: Pick<FrozenPlace, 'territory' | 'timeZone'> & { readonly after: number; readonly most: number },
): Promise<ReadyRow[]> {
  return tx.rows(readyRows.sql`
    WITH page AS MATERIALIZED (
      SELECT f.place, f.contact_id, f.territory, f.time_zone FROM frozen f
       WHERE f.territory = ${territory} AND f.time_zone = ${timeZone} AND f.place > ${after} AND f.reason IS NULL
       ORDER BY f.place LIMIT ${most})
    SELECT f.place AS seq, f.contact_id AS "contactId", f.territory, f.time_zone AS "timeZone", c.sealed, y.wrapped,
           c.number_version AS "numberVersion"
      FROM page f JOIN contact c ON c.id = f.contact_id LEFT JOIN contact_key y ON y.contact_id = f.contact_id
     ORDER BY f.place`);
}

/** Reads some people in the shape that the send path reads; people who are gone are left out. */
export const readyRowsOf = (tx: Transaction, contactIds: readonly string[]): Promise<ReadyRow[]> =>
  tx.rows(readyRows.sql`
    SELECT 0 AS seq, c.id AS "contactId", c.territory, c.time_zone AS "timeZone", c.sealed, y.wrapped,
           c.number_version AS "numberVersion"
      FROM contact c LEFT JOIN contact_key y ON y.contact_id = c.id
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.id = ANY(${contactIds}::uuid[])`);

/** Says whether a finished rehearsal was of the launched revision. */
export const wasLaunched = (
  { state, revision }: KeptRehearsal,
  { launchedRevision }: Pick<Campaign, 'launchedRevision'>,
): boolean => state === 'done' && revision === launchedRevision;

/** Says whether a rehearsal was of the present draft or of the launched revision; true where that one is unknown. */
export const isRehearsed = (
  { revision: rehearsed }: Pick<KeptRehearsal, 'revision'>,
  { status, revision, launchedRevision }: Pick<Campaign, 'status' | 'revision' | 'launchedRevision'>,
): boolean => rehearsed === (status === 'draft' ? revision : (launchedRevision ?? rehearsed));

/**
 * Counts the messages and parts that a campaign has really sent, beside its rehearsal. The counts are stored, and
 * computed again only when the tally shows that more were sent.
 */
export async function leftSince(
  tx: Transaction,
  {
    id,
    campaignId,
    messagesLeft,
    partsLeft,
  }: Pick<KeptRehearsal, 'id' | 'campaignId' | 'messagesLeft' | 'partsLeft'>,
) {
  const { accepted } = await accounts(tx, campaignId);
  if (messagesLeft === accepted && partsLeft !== null) return { messages: messagesLeft, parts: partsLeft };
  const sent = await countSent(tx, campaignId);
  await tx.run(sql`
    UPDATE rehearsal SET messages_left = ${sent.messages}, parts_left = ${sent.parts} WHERE id = ${id}::uuid`);
  return sent;
}

const sentCountRows = computedRows({ messages: col.number(), parts: col.number() });

/** Counts messages and parts that an operator accepted. */
async function countSent(tx: Transaction, campaignId: string) {
  const row = await tx.first(sentCountRows.sql`
    SELECT count(*)::int AS messages, coalesce(sum(m.parts), 0)::int AS parts
      FROM message m JOIN batch b ON b.id = m.batch_id
     WHERE b.campaign_id = ${campaignId}::uuid AND m.state IN ('accepted', 'delivered', 'undelivered')`);
  return row ?? { messages: 0, parts: 0 };
}
