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

/** Of one campaign; the last ones show what was changed and why. */
const MOST_KEPT = 20;

/**
 * Opens a rehearsal unless one of the campaign runs; returns the running one. One that has run since before
 * `deadBefore` belongs to a process that is gone. Instants of the machine clock.
 */
export async function openRehearsal(
  tx: Transaction,
  asked: {
    readonly id: string;
    readonly campaignId: string;
    readonly revision: number;
    readonly at: string;
    readonly deadBefore: string;
  },
): Promise<string> {
  const { id, campaignId, revision, at, deadBefore } = asked;
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

/** The progress of a rehearsal. */
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

/** Stores the result of a rehearsal. */
export async function keepRehearsal(
  tx: Transaction,
  found: {
    readonly id: string;
    readonly at: string;
    readonly report: RehearsalReport;
    readonly sha256: string;
  },
): Promise<void> {
  const { id, at, sha256 } = found;
  const report = JSON.stringify(found.report);
  await tx.run(running(id).set({ state: 'done', endedAt: at, report, sha256 }));
}

/** Closes a failed rehearsal. */
export async function failRehearsal(tx: Transaction, id: string, at: string): Promise<void> {
  await tx.run(running(id).set({ state: 'failed', endedAt: at }));
}

/** Reads the last rehearsal of a campaign. */
export function readLastRehearsal(tx: Transaction, campaignId: string): Promise<KeptRehearsal | undefined> {
  const own = rehearsals.where('tenantId', '=', tx.tenantId).where('campaignId', '=', campaignId);
  return tx.first(own.orderBy('id', 'desc').limit(1));
}

const exclusionCountRows = computedRows({ reason: col.text(), people: col.number() });

/** Counts the people excluded from the audience's snapshot, by reason. */
export const excludedInPicture = (tx: Transaction) =>
  tx.rows(exclusionCountRows.sql`
    SELECT reason, count(*)::int AS people FROM frozen WHERE reason IS NOT NULL GROUP BY 1 ORDER BY 1`);

/** Counts the people who could be written to, by locality. */
export const servableInPicture = (tx: Transaction) =>
  tx.rows(frozenPlaceRows.sql`
    SELECT territory, time_zone AS "timeZone", count(*)::int AS count FROM frozen WHERE reason IS NULL
     GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`);

/** Analyzes the snapshot for the planner: nothing else analyzes a temporary table. */
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

/** Reads people of one locality who could be written to, from a position on, as the send path does. */
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

/** Reads the rows of these people as the send path does; people who are gone are left out. */
export const readyRowsOf = (tx: Transaction, contactIds: readonly string[]): Promise<ReadyRow[]> =>
  tx.rows(readyRows.sql`
    SELECT 0 AS seq, c.id AS "contactId", c.territory, c.time_zone AS "timeZone", c.sealed, y.wrapped,
           c.number_version AS "numberVersion"
      FROM contact c LEFT JOIN contact_key y ON y.contact_id = c.id
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.id = ANY(${contactIds}::uuid[])`);

/** Says whether the rehearsed version is the launched one. */
export const wasLaunched = (
  { state, revision }: KeptRehearsal,
  { launchedRevision }: Pick<Campaign, 'launchedRevision'>,
): boolean => state === 'done' && revision === launchedRevision;

/** Says whether the rehearsed version is the current draft or the launched one; unknown for older launches. */
export const isRehearsed = (
  { revision: rehearsed }: Pick<KeptRehearsal, 'revision'>,
  { status, revision, launchedRevision }: Pick<Campaign, 'status' | 'revision' | 'launchedRevision'>,
): boolean => rehearsed === (status === 'draft' ? revision : (launchedRevision ?? rehearsed));

/**
 * Counts the messages that the rehearsal's campaign really sent. Every message is read once, and again only when
 * the tally shows more sent since.
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
  const left = await leftOf(tx, campaignId);
  await tx.run(sql`
    UPDATE rehearsal SET messages_left = ${left.messages}, parts_left = ${left.parts} WHERE id = ${id}::uuid`);
  return left;
}

const sentCountRows = computedRows({ messages: col.number(), parts: col.number() });

/** Counts messages and parts that an operator accepted. */
async function leftOf(tx: Transaction, campaignId: string) {
  const row = await tx.first(sentCountRows.sql`
    SELECT count(*)::int AS messages, coalesce(sum(m.parts), 0)::int AS parts
      FROM message m JOIN batch b ON b.id = m.batch_id
     WHERE b.campaign_id = ${campaignId}::uuid AND m.state IN ('accepted', 'delivered', 'undelivered')`);
  return row ?? { messages: 0, parts: 0 };
}
