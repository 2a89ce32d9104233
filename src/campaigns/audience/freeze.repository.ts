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

/** The facts that decide which people of an audience can be served at one instant. */
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

/** The people of one locality. */
export type FrozenPlace = RowOf<typeof frozenPlaceRows>;

/** Waits for the only freeze of a campaign, until its transaction ends; nobody else waits for it. */
export async function awaitFreeze(tx: Transaction, campaignId: string): Promise<void> {
  await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`freeze|${campaignId}`}, 0))`);
}

/** On a busy machine the one statement that reads a million people takes longer than others may. */
const LONGEST_LOOK_MS = 5 * 60_000;

/**
 * Takes a snapshot of the audience into a table of this transaction, and counts it by locality. Everybody is in it:
 * people who cannot be served have their reason.
 */
export async function pictureAudience(tx: Transaction, terms: FreezeTerms): Promise<readonly FrozenPlace[]> {
  // A million people are sorted once by place: in memory, or by way of the disk.
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

/** Counts the people of an audience who could be served now, by locality; nothing of it is kept. */
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

/** A person of an audience, their place, and the reason if they cannot be served. */
export type Judged = RowOf<typeof judgedRows>;

/** Judges each person of an audience as a freeze would now; nothing of it is kept. */
export const judgedPeople = (tx: Transaction, terms: FreezeTerms): Promise<readonly Judged[]> =>
  tx.rows(judgedRows.sql`
    SELECT p.contact_id AS "contactId", p.territory, p.time_zone AS "timeZone", p.reason FROM (${judged(terms)}) AS p`);

const placedRows = judgedRows.with({ place: col.number() });

/**
 * Judges one person as a freeze of each audience would now, by one statement, in the order of the audiences;
 * undefined outside of one.
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

/** Counts the people of an audience who could be served now, under `null`, and the others by reason. */
export const judgedCounts = (tx: Transaction, terms: FreezeTerms) =>
  tx.rows(judgedCountRows.sql`
    SELECT p.reason, count(*)::int AS people FROM (${judged(terms)}) AS p GROUP BY 1 ORDER BY 2 DESC, 1`);

/** Reads a page of the people of an audience who cannot be served, for one reason or any. */
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

/** The author's own exclusions come first; an otherwise eligible person may still be held back by a condition of the mark. */
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
    LEFT JOIN (SELECT DISTINCT contact_id FROM (${leftOut(audience.exclude ?? [])}) AS l) x ON x.contact_id = a.contact_id
    LEFT JOIN consent k ON k.contact_id = c.id AND k.purpose = ${purpose}
    LEFT JOIN (${listedNumbers(sql`${purpose}::text`)}) s ON s.phone_index = c.phone_index`;

/** Only a list of ids may name a person twice. */
const turnOf = (audience: Audience): RawBuilder<unknown> =>
  'contactIds' in audience ? sql`row_number() OVER (PARTITION BY contact_id)` : sql`1`;

/** Selects the people on the author's exclusion lists, each once. */
function leftOut(lists: readonly Exclusion[]): RawBuilder<unknown> {
  const left = lists.map((list) => {
    if ('contactIds' in list) return sql`SELECT unnest(${list.contactIds}::uuid[]) AS contact_id`;
    if ('importId' in list)
      return sql`SELECT contact_id FROM import_row WHERE import_id = ${list.importId}::uuid`;
    return sql`SELECT m.contact_id FROM message m JOIN batch b ON b.id = m.batch_id
      WHERE b.campaign_id = ${list.servedBy}::uuid AND m.contact_id IS NOT NULL AND m.state NOT IN ('excluded', 'failed', 'expired')`;
  });
  return left.length === 0 ? sql`SELECT NULL::uuid AS contact_id WHERE false` : sql.join(left, sql` UNION `);
}

/** Selects the people the author named; duplicates stay and are removed later. */
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

/** Makes one batch of a campaign, its messages and their tally from the snapshot. */
export async function insertShard(
  tx: Transaction,
  terms: {
    readonly campaignId: string;
    readonly accountId: string;
    /** The price of a part there; null where it is the usual one. */
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
    /** First and last position in its locality. */
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

/** Marks the audience as frozen, unless the campaign has ended; says whether it did. Later orders wait for the commit. */
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

/** Reads unfinished batches; one with rows put back for sending is reopened. */
export async function openShards(tx: Transaction, campaignId: string) {
  await tx.run(sql`
    UPDATE batch b SET state = 'open' WHERE b.campaign_id = ${campaignId}::uuid AND b.state = 'done'
       AND (SELECT sum(t.delta) FROM tally t WHERE t.batch_id = b.id AND t.state IN ('ready', 'submitting')) > 0`);
  return tx.rows(openShardRows.sql`
    SELECT id AS "batchId", shard, territory FROM batch WHERE campaign_id = ${campaignId}::uuid AND state = 'open' ORDER BY shard`);
}

/** Selects people who expect an event of that kind then; also when all their reminders were sent. */
const seriesMembers = (asked: SeriesAudience, at: string): RawBuilder<unknown> =>
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

const PAGE = 1_000;

/** Finds the people whose contract has that name, in any case; names are opened a page at a time. */
export async function contactsOfService(
  tx: Transaction,
  keys: TenantKeys,
  { asked, at }: { readonly asked: SeriesAudience; readonly at: string },
): Promise<string[]> {
  const found = new Set<string>();
  for (let after = BEFORE_ALL; ;) {
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
