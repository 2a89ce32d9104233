import { sql, type RawBuilder } from 'kysely';
import { BEFORE_ALL, col, computedRows, rowsOf, type RowOf, type Transaction } from '../../platform/index.ts';
import { personKey, type TenantKeys } from '../../crypto/index.ts';
import { exclusionCase, listedNumbers, worthAsking } from '../../people/index.ts';
import {
  type Audience,
  type Exclusion,
  type SeriesAudience,
  membersByFilter,
  pickedContacts,
} from './audience.repository.ts';
import { seriesDetailsOf } from '../../reminders/index.ts';

/** What decides which people of an audience can be written to at an instant. */
export interface FreezeTerms {
  readonly audience: Audience;
  readonly purpose: string;
  /** The campaign's brand, when it names one; null for the tenant itself. */
  readonly brandId: string | null;
  /** True when the consent to any brand, or to the tenant itself, is enough. */
  readonly anyBrand?: boolean | undefined;
  /** True when the account is a fake, which alone sends to people recorded under a moved clock. */
  readonly fake: boolean;
  /** ISO instant of the law clock. */
  readonly at: string;
}

export const frozenPlaceRows = computedRows({
  territory: col.text(),
  timeZone: col.text(),
  count: col.number(),
});

/** How many people of an audience are in one locality. */
export type FrozenPlace = RowOf<typeof frozenPlaceRows>;

/** Takes the lock under which one freeze of a campaign runs at a time, until the transaction ends. */
export async function awaitFreeze(tx: Transaction, campaignId: string): Promise<void> {
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`freeze|${campaignId}`}, 0))`);
}

/** On a busy machine the statement that judges a million people takes longer than others may. */
const LONGEST_LOOK_MS = 5 * 60_000;

/**
 * Judges an audience into the table `frozen` of this transaction, and counts it by locality. The table has everybody:
 * people who cannot be written to have their reason.
 */
export async function pictureAudience(tx: Transaction, terms: FreezeTerms): Promise<readonly FrozenPlace[]> {
  // The sort by place of a million people should not go to the disk.
  tx.mayTake(LONGEST_LOOK_MS);
  await tx.run(sql`SELECT set_config('work_mem', '128MB', true)`);
  await tx.run(sql`
    CREATE TEMPORARY TABLE frozen ON COMMIT DROP AS
    SELECT p.contact_id, p.territory, p.time_zone, p.reason,
           (row_number() OVER (PARTITION BY p.territory, p.time_zone ORDER BY p.contact_id, p.turn))::int AS place
      FROM (${judged(terms)}) AS p`);
  await tx.run(sql`CREATE INDEX ON frozen (territory, time_zone, place)`);
  return tx.rows(frozenPlaceRows.sql`
    SELECT territory, time_zone AS "timeZone", count(*)::int AS count FROM frozen GROUP BY 1, 2 ORDER BY 1, 2`);
}

/** Counts the people of an audience who could be written to now, by locality; stores nothing. */
export const servableByPlace = (tx: Transaction, terms: FreezeTerms): Promise<readonly FrozenPlace[]> =>
  tx.rows(frozenPlaceRows.sql`
    SELECT p.territory, p.time_zone AS "timeZone", count(*)::int AS count FROM (${judged(terms)}) AS p
     WHERE p.reason IS NULL GROUP BY 1, 2 ORDER BY 1, 2`);

const judgedRows = computedRows({
  contactId: col.text(),
  territory: col.text(),
  timeZone: col.text(),
  reason: col.text().orNull(),
});

/** A person of an audience, their locality, and the reason why they cannot be written to, if any. */
export type Judged = RowOf<typeof judgedRows>;

/** Judges each person of an audience as a freeze would now; stores nothing. */
export const judgedPeople = (tx: Transaction, terms: FreezeTerms): Promise<readonly Judged[]> =>
  tx.rows(judgedRows.sql`
    SELECT p.contact_id AS "contactId", p.territory, p.time_zone AS "timeZone", p.reason FROM (${judged(terms)}) AS p`);

const placedRows = judgedRows.with({ place: col.number() });

/**
 * Judges one person as a freeze of each audience would now, by one statement; returns the results in the order of the
 * audiences, undefined where the person is not in one.
 */
export async function judgedPerson(
  tx: Transaction,
  each: readonly FreezeTerms[],
  contactId: string,
): Promise<readonly (Judged | undefined)[]> {
  if (each.length === 0) return [];
  const looks = each.map(
    (terms, place) => sql`
    (SELECT p.contact_id AS "contactId", p.territory, p.time_zone AS "timeZone", p.reason, ${place}::int AS place
       FROM (${judged(terms)}) AS p WHERE p.contact_id = ${contactId}::uuid ORDER BY p.turn LIMIT 1)`,
  );
  const rows = await tx.rows(placedRows.sql`${sql.join(looks, sql` UNION ALL `)}`);
  const byPlace = new Map(rows.map(({ place, ...one }) => [place, one]));
  return each.map((_, place) => byPlace.get(place));
}

const judgedCountRows = computedRows({ reason: col.text().orNull(), people: col.number() });

/** Counts the people of an audience by the reason why they cannot be written to now; null for those who can. */
export const judgedCounts = (tx: Transaction, terms: FreezeTerms) =>
  tx.rows(judgedCountRows.sql`
    SELECT p.reason, count(*)::int AS people FROM (${judged(terms)}) AS p GROUP BY 1 ORDER BY 2 DESC, 1`);

/** Reads a page of the people of an audience who cannot be written to, for one reason or any. */
export const judgedPage = (
  tx: Transaction,
  terms: FreezeTerms,
  page: {
    readonly reason?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<readonly Judged[]> =>
  tx.rows(judgedRows.sql`
    SELECT p.contact_id AS "contactId", p.territory, p.time_zone AS "timeZone", p.reason FROM (${judged(terms)}) AS p
     WHERE p.reason IS NOT NULL AND p.reason = coalesce(${page.reason ?? null}::text, p.reason)
       AND (${page.after ?? null}::uuid IS NULL OR p.contact_id > ${page.after ?? null}::uuid)
     ORDER BY p.contact_id LIMIT ${page.limit}`);

/** Selects the people of an audience with their reason; the exclusions of the author come before those of the law. */
const judged = ({
  audience,
  purpose,
  brandId,
  anyBrand = false,
  fake,
  at,
}: FreezeTerms): RawBuilder<unknown> => sql`
  SELECT a.contact_id, a.turn, coalesce(c.territory, 'FR') AS territory, coalesce(c.time_zone, 'Europe/Paris') AS time_zone,
         CASE WHEN a.turn > 1 THEN 'DUPLICATE'
              WHEN c.id IS NOT NULL AND x.contact_id IS NOT NULL THEN 'ON_EXCLUSION_LIST'
              ${exclusionCase({
                at: sql`${at}::timestamptz`,
                purpose: sql`${purpose}::text`,
                fake: sql`${fake}::boolean`,
                tenant: sql`c.tenant_id`,
                brand: anyBrand ? undefined : sql`${brandId}::uuid`,
                listed: sql`s.phone_index IS NOT NULL`,
              })} END AS reason
    FROM (SELECT contact_id, ${turnOf(audience)} AS turn FROM (${members(audience, at)}) AS m) AS a
    LEFT JOIN contact c ON c.id = a.contact_id
    LEFT JOIN (SELECT DISTINCT contact_id FROM (${excludedBy(audience.exclude ?? [])}) AS l) x ON x.contact_id = a.contact_id
    LEFT JOIN consent k ON k.contact_id = c.id AND k.purpose = ${purpose}
    LEFT JOIN (${listedNumbers(sql`${purpose}::text`)}) s ON s.phone_index = c.phone_index`;

/** Numbers the entries of one person from 1: only a list of ids may name somebody twice. */
const turnOf = (audience: Audience): RawBuilder<unknown> =>
  'contactIds' in audience ? sql`row_number() OVER (PARTITION BY contact_id)` : sql`1`;

/** Selects the people on the author's exclusion lists, each once. */
function excludedBy(lists: readonly Exclusion[]): RawBuilder<unknown> {
  const selects = lists.map((list) => {
    if ('contactIds' in list) return sql`SELECT unnest(${list.contactIds}::uuid[]) AS contact_id`;
    if ('importId' in list)
      return sql`SELECT contact_id FROM import_row WHERE import_id = ${list.importId}::uuid`;
    return sql`SELECT m.contact_id FROM message m JOIN batch b ON b.id = m.batch_id
      WHERE b.campaign_id = ${list.servedBy}::uuid AND m.contact_id IS NOT NULL AND m.state NOT IN ('excluded', 'failed', 'expired')`;
  });
  return selects.length === 0
    ? sql`SELECT NULL::uuid AS contact_id WHERE false`
    : sql.join(selects, sql` UNION `);
}

/** Selects the people whom the author chose; one who is named twice comes twice. */
function members(audience: Audience, at: string): RawBuilder<unknown> {
  if ('filter' in audience) return membersByFilter(audience.filter, at);
  if ('picked' in audience) return pickedContacts;
  if ('reconfirm' in audience) return worthAsking(at);
  if ('series' in audience) return seriesMembers(audience.series, at);
  if ('contactIds' in audience)
    return sql`SELECT * FROM unnest(${audience.contactIds}::uuid[]) AS given(contact_id)`;
  if ('importId' in audience)
    return sql`SELECT contact_id FROM import_row WHERE import_id = ${audience.importId}::uuid`;
  if ('notServedBy' in audience) {
    return sql`SELECT m.contact_id FROM message m JOIN batch b ON b.id = m.batch_id
      WHERE b.campaign_id = ${audience.notServedBy}::uuid AND m.contact_id IS NOT NULL AND m.reason IS DISTINCT FROM 'DUPLICATE'
        AND m.state IN ('excluded', 'failed', 'expired')`;
  }
  return sql`SELECT id AS contact_id FROM contact WHERE retired_at IS NULL`;
}

/** Inserts one batch of a campaign with its messages and their tally, from the table `frozen`. */
export async function insertShard(
  tx: Transaction,
  terms: {
    readonly campaignId: string;
    readonly accountId: string;
    /** The price of a part in this territory; null where it is the usual one. */
    readonly price: string | null;
    /** True when another account may take over. */
    readonly routed: boolean;
    readonly purpose: string;
    readonly at: string;
  },
  shard: {
    readonly id: string;
    readonly shard: number;
    readonly territory: string;
    readonly timeZone: string;
    /** First and last position within the locality, from 1. */
    readonly from: number;
    readonly to: number;
    /** The day of a spread, from 0 on. */
    readonly day: number;
  },
): Promise<void> {
  await tx.run(sql`
    INSERT INTO batch (id, tenant_id, kind, account_id, price, routed, purpose, campaign_id, shard, territory, time_zone, day, size, created_at)
    VALUES (${shard.id}, ${tx.tenantId}, 'campaign', ${terms.accountId}, ${terms.price}::numeric, ${terms.routed}, ${terms.purpose}, ${terms.campaignId}, ${shard.shard},
      ${shard.territory}, ${shard.timeZone}, ${shard.day}, ${shard.to - shard.from + 1}, ${terms.at})`);
  await tx.run(sql`
    WITH made AS (
      INSERT INTO message (batch_id, seq, tenant_id, contact_id, state, reason, final_at)
      SELECT ${shard.id}::uuid, place - ${shard.from} + 1, ${tx.tenantId}::uuid, contact_id,
             CASE WHEN reason IS NULL THEN 'ready' ELSE 'excluded' END::message_state, reason,
             CASE WHEN reason IS NOT NULL THEN ${terms.at}::timestamptz END
        FROM frozen
       WHERE territory = ${shard.territory} AND time_zone = ${shard.timeZone} AND place BETWEEN ${shard.from} AND ${shard.to}
      RETURNING state, reason),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT ${tx.tenantId}::uuid, ${shard.id}::uuid, state, reason, count(*) FROM made GROUP BY state, reason)
    UPDATE batch SET state = 'done' WHERE id = ${shard.id}::uuid AND NOT EXISTS (SELECT 1 FROM made WHERE state = 'ready')`);
}

/** Marks the audience as frozen unless the campaign has ended; returns whether it did. Later orders wait for the commit. */
export async function markFrozen(tx: Transaction, campaignId: string, at: string): Promise<boolean> {
  const marked = await tx.run(sql`
    UPDATE campaign SET frozen_at = ${at}::timestamptz
     WHERE id = ${campaignId}::uuid AND status NOT IN ('cancelled', 'finished')`);
  return marked > 0;
}

const openShardRows = rowsOf('batch', ['territory']).with({
  batchId: col.of('batch', 'id'),
  shard: col.of('batch', 'shard').known(),
});

/** Reads the unfinished batches of a campaign, after reopening those whose messages were put back for sending. */
export async function openShards(tx: Transaction, campaignId: string) {
  await tx.run(sql`
    UPDATE batch b SET state = 'open' WHERE b.campaign_id = ${campaignId}::uuid AND b.state = 'done'
       AND (SELECT sum(t.delta) FROM tally t WHERE t.batch_id = b.id AND t.state IN ('ready', 'submitting')) > 0`);
  return tx.rows(openShardRows.sql`
    SELECT id AS "batchId", shard, territory FROM batch WHERE campaign_id = ${campaignId}::uuid AND state = 'open' ORDER BY shard`);
}

/** Selects people who expect an event, also when all their reminders were sent. */
const seriesMembers = (series: SeriesAudience, at: string): RawBuilder<unknown> =>
  sql`SELECT DISTINCT s.contact_id FROM reminder_series s WHERE ${expected(series, at)}`;

/** Builds the condition on a series `s`; a payment plan has an event on each of its dates. */
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

const PAGE = 1_000;

/** Finds the people whose contract has the name of the audience, in any case; names are opened a page at a time. */
export async function contactsOfService(
  tx: Transaction,
  keys: TenantKeys,
  { series: wanted, at }: { readonly series: SeriesAudience; readonly at: string },
): Promise<string[]> {
  const found = new Set<string>();
  for (let after = BEFORE_ALL; ;) {
    const page = await tx.rows(sealedSeriesRows.sql`
      SELECT s.id, s.contact_id AS "contactId", s.sealed, y.wrapped
        FROM reminder_series s JOIN contact_key y ON y.contact_id = s.contact_id
       WHERE ${expected(wanted, at)} AND s.id > ${after}::uuid ORDER BY s.id LIMIT ${PAGE}`);
    for (const series of page) if (isNamed(keys, series, wanted.service)) found.add(series.contactId);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return [...found];
    after = last.id;
  }
}

function isNamed(
  keys: TenantKeys,
  series: RowOf<typeof sealedSeriesRows>,
  service: string | undefined,
): boolean {
  const { service: named, label } = seriesDetailsOf(
    personKey(keys, series.contactId, series.wrapped),
    series,
  );
  return plain(named ?? label) === plain(service);
}

const plain = (name: string | undefined): string =>
  (name ?? '').normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLocaleLowerCase('fr');
