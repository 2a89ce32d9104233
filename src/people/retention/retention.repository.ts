import { sql, type RawBuilder } from 'kysely';
import {
  BEFORE_ALL,
  col,
  computedRows,
  countRows,
  idRows,
  type Page,
  query,
  type ResultOf,
  rowsOf,
  type RowOf,
  type Transaction,
} from '../../platform/index.ts';
import { exclusionCase, conditionOf } from '../eligibility/eligibility.repository.ts';
import { LOG_KEPT, PROOF_KEPT, REPLY_KEPT, TEXT_KEPT, LIVES_MONTHS } from '../../law/index.ts';

/** The kinds of records that are removed at the end of their retention, by their name in certificates. */
export const RECORD_KINDS = ['texts', 'answers', 'replies', 'cancellations', 'proofs', 'rights'] as const;

type RecordKind = (typeof RECORD_KINDS)[number];

/** Rows that one statement removes. */
const MOST_AT_ONCE = 5_000;

/** Where the rows of each kind are, and when they may be removed. */
const AGED: Readonly<
  Record<
    RecordKind,
    {
      readonly table: string;
      readonly key: string;
      /** The table that has the tenant and the age; its own when absent. */
      readonly by?: { readonly table: string; readonly key: string };
      /** The condition that the retention of a row is over at an ISO instant of the law clock. */
      readonly over: (at: string) => RawBuilder<unknown>;
    }
  >
> = {
  texts: {
    table: 'message_text',
    key: 'batch_id, seq',
    over: (at) => sql`remove_at <= ${at}::timestamptz`,
  },
  answers: {
    table: 'acknowledgement',
    key: 'batch_id, seq',
    // A subquery: with a join PostgreSQL would read the messages of all months.
    over: (at) => sql`(SELECT true FROM message m WHERE m.batch_id = t.batch_id AND m.seq = t.seq
      AND m.state NOT IN ('ready', 'submitting', 'uncertain')
      AND coalesce(m.final_at, m.accepted_at) < ${at}::timestamptz - ${TEXT_KEPT.on(at)}::interval)`,
  },
  replies: {
    table: 'reply',
    key: 'tenant_id, inbound_id',
    over: (at) =>
      sql`received_at < ${at}::timestamptz - ${REPLY_KEPT.on(at)}::interval AND (NOT unclear OR decided_at IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM rights_request q WHERE q.tenant_id = t.tenant_id AND q.id = t.inbound_id AND q.answered_at IS NULL)`,
  },
  rights: {
    table: 'rights_request',
    key: 'tenant_id, id',
    // Somebody may complain that the answer came late: until then it is shown when it came.
    over: (at) => sql`answered_at < ${at}::timestamptz - ${PROOF_KEPT.on(at)}::interval`,
  },
  cancellations: {
    table: 'cancelled_booking',
    key: 'tenant_id, kind, source, external_index',
    over: (at) => sql`cancelled_at < ${at}::timestamptz - ${LOG_KEPT.on(at)}::interval`,
  },
  proofs: {
    table: 'consent_proof',
    key: 'event_id',
    // Proofs have no index by tenant, events have one.
    by: { table: 'consent_event', key: 'id' },
    over: (at) => sql`recorded_at < ${at}::timestamptz - ${PROOF_KEPT.on(at)}::interval
      AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = t.contact_id)
      AND (SELECT true FROM consent_proof p WHERE p.event_id = t.id)`,
  },
};

function aged(tx: Transaction, what: RecordKind, at: string): RawBuilder<unknown> {
  const { table, by, over } = AGED[what];
  return sql`FROM ${sql.raw(by?.table ?? table)} t WHERE t.tenant_id = ${tx.tenantId}::uuid AND ${over(at)}`;
}

const counted = async (tx: Transaction, rows: RawBuilder<unknown>): Promise<number> =>
  (await tx.first(countRows.sql`SELECT count(*)::int AS count ${rows}`))?.count ?? 0;

/** Counts the rows of a kind whose retention is over. */
export const countAged = (tx: Transaction, what: RecordKind, at: string): Promise<number> =>
  counted(tx, aged(tx, what, at));

/** Removes rows of a kind whose retention is over, at most 5,000; returns their number. */
export async function removeAged(tx: Transaction, what: RecordKind, at: string): Promise<number> {
  const { table, key, by } = AGED[what];
  return tx.run(sql`
    DELETE FROM ${sql.raw(table)} WHERE (${sql.raw(key)}) IN (
      SELECT ${sql.raw((by?.key ?? key).replaceAll(/\w+/g, 't.$&'))} ${aged(tx, what, at)} LIMIT ${MOST_AT_ONCE})`);
}

/** Selects agreements to marketing that no sign of life has renewed within the retention of a contact. */
const silentConsents = (tx: Transaction, at: string): RawBuilder<unknown> => sql`
  FROM consent k JOIN contact c ON c.id = k.contact_id
 WHERE k.tenant_id = ${tx.tenantId}::uuid AND k.purpose = 'marketing' AND k.sendable
   AND ${conditionOf('agreement not renewed', { at: sql`${at}::timestamptz` })}`;

/** Counts the agreements to marketing that no sign of life has renewed in time. */
export const countSilent = (tx: Transaction, at: string): Promise<number> =>
  counted(tx, silentConsents(tx, at));

/** Reads the ids of some people whose agreement to marketing no sign of life has renewed in time. */
export async function readSilent(tx: Transaction, at: string, most: number): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`SELECT c.id ${silentConsents(tx, at)} ORDER BY c.id LIMIT ${most}`);
  return rows.map(({ id }) => id);
}

/** The condition that no purpose may use contact `c`, nobody owes them a reminder, and no claim needs them. */
const baseless = (tx: Transaction): RawBuilder<unknown> => sql`
  c.tenant_id = ${tx.tenantId}::uuid
  AND (c.retired_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM consent k WHERE k.contact_id = c.id AND k.sendable))
  AND NOT EXISTS (SELECT 1 FROM reminder_series s WHERE s.tenant_id = c.tenant_id AND s.contact_id = c.id AND s.state IN ('open', 'paused'))
  AND NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.contact_id = c.id)`;

/** Selects the reason why contact `c` is not eligible for the purpose of their latest consent, by whatever account. */
const whyLast = (tx: Transaction, at: string): RawBuilder<unknown> => sql`
  (SELECT CASE ${exclusionCase({
    at: sql`${at}::timestamptz`,
    purpose: sql`k.purpose`,
    fake: sql`true`,
    tenant: sql`${tx.tenantId}::uuid`,
  })} END
     FROM (SELECT true) AS one LEFT JOIN (SELECT * FROM consent l WHERE l.contact_id = c.id ORDER BY l.since DESC LIMIT 1) AS k ON true)`;

const baselessCountRows = computedRows({ because: col.text(), count: col.number() });

/** Counts contacts without a basis by reason, those with a notice included. */
export function countBaseless(tx: Transaction, at: string): Promise<{ because: string; count: number }[]> {
  return tx.rows(baselessCountRows.sql`
    SELECT because, count(*)::int AS count FROM (SELECT ${whyLast(tx, at)} AS because FROM contact c WHERE ${baseless(tx)}) b
     GROUP BY because ORDER BY because`);
}

/** Gives notice of contacts without a basis, at most 5,000, who are removed after the delay; returns their number. */
export async function noticeBaseless(
  tx: Transaction,
  when: { readonly at: string; readonly removeAt: string },
): Promise<number> {
  return tx.run(sql`
    INSERT INTO leaving_contact (contact_id, tenant_id, because, rule_id, noticed_at, remove_at)
    SELECT c.id, c.tenant_id, ${whyLast(tx, when.at)}, 'RET-01', ${when.at}::timestamptz, ${when.removeAt}::timestamptz
      FROM contact c WHERE ${baseless(tx)} AND NOT EXISTS (SELECT 1 FROM leaving_contact l WHERE l.contact_id = c.id)
     LIMIT ${MOST_AT_ONCE}
    ON CONFLICT DO NOTHING`);
}

/** Withdraws the notice of contacts who agreed again, have a booking, or are needed for a claim. */
export const forgiveBased = (tx: Transaction): Promise<number> =>
  tx.run(sql`
    DELETE FROM leaving_contact l WHERE l.tenant_id = ${tx.tenantId}::uuid
       AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = l.contact_id AND ${baseless(tx)})`);

/** Selects contacts whose delay after the notice is over and who still have no basis. */
const dueContacts = (tx: Transaction, at: string): RawBuilder<unknown> => sql`
  FROM leaving_contact l JOIN contact c ON c.id = l.contact_id
 WHERE l.tenant_id = ${tx.tenantId}::uuid AND l.remove_at <= ${at}::timestamptz AND ${baseless(tx)}`;

export async function readDue(tx: Transaction, at: string, most: number): Promise<string[]> {
  const rows = await tx.rows(
    idRows.sql`SELECT c.id ${dueContacts(tx, at)} ORDER BY l.remove_at, c.id LIMIT ${most}`,
  );
  return rows.map(({ id }) => id);
}

export const countDue = (tx: Transaction, at: string): Promise<number> => counted(tx, dueContacts(tx, at));

const contactsToRemove = query
  .selectFrom('leaving_contact')
  .select(['contactId as id', 'because', 'ruleId', 'noticedAt', 'removeAt']);

/** A contact with a notice of removal, as lists show it. */
export type ContactToRemove = ResultOf<typeof contactsToRemove>;

/** Reads a page of contacts with a notice of removal, by contact id. */
export function readContactsToRemove(
  tx: Transaction,
  { after = BEFORE_ALL, limit }: Page,
): Promise<ContactToRemove[]> {
  const own = contactsToRemove.where('tenantId', '=', tx.tenantId).where('contactId', '>', after);
  return tx.rows(own.orderBy('contactId').limit(limit));
}

/** Removes the replies of which a person is known to be the author. */
export const removeRepliesOf = (tx: Transaction, contactId: string): Promise<number> =>
  tx.run(query.deleteFrom('reply').where('tenantId', '=', tx.tenantId).where('contactId', '=', contactId));

const runs = query
  .selectFrom('retention_run')
  .select(['id', 'kind', 'actor', 'startedAt', 'endedAt', 'lines'])
  .$narrowType<{ kind: 'rehearsal' | 'cleaning'; lines: Readonly<Record<string, number>> }>();

export type RetentionRun = ResultOf<typeof runs>;

/** Adds to the counts of a run, in the transaction of the removal; the first call creates the run. */
export async function noteRun(
  tx: Transaction,
  run: Pick<RetentionRun, 'id' | 'kind' | 'actor' | 'startedAt'>,
  lines: Readonly<Record<string, number>>,
): Promise<void> {
  await tx.run(sql`
    INSERT INTO retention_run AS r (id, tenant_id, kind, actor, started_at, lines)
    VALUES (${run.id}, ${tx.tenantId}, ${run.kind}, ${run.actor}, ${run.startedAt}::timestamptz, ${JSON.stringify(lines)}::jsonb)
    ON CONFLICT (id) DO UPDATE SET lines = r.lines || (
      SELECT coalesce(jsonb_object_agg(n.key, n.value::int + coalesce((r.lines ->> n.key)::int, 0)), '{}')
        FROM jsonb_each_text(excluded.lines) n)`);
}

/** Ends a run, if it exists: one that removed nothing was never created. */
export async function endRun(tx: Transaction, id: string, at: string): Promise<void> {
  await tx.run(query.updateTable('retention_run').set({ endedAt: at }).where('id', '=', id));
}

/** Reads a retention run of the tenant by its id. */
export function readRetentionRun(tx: Transaction, id: string): Promise<RetentionRun | undefined> {
  return tx.first(runs.where('tenantId', '=', tx.tenantId).where('id', '=', id));
}

/** Reads a page of retention runs in order of creation. */
export function readRuns(tx: Transaction, { after = BEFORE_ALL, limit }: Page): Promise<RetentionRun[]> {
  const own = runs.where('tenantId', '=', tx.tenantId).where('id', '>', after);
  return tx.rows(own.orderBy('id').limit(limit));
}

/** People are worth asking again within so many months before their number counts as given up. */
const SOON_MONTHS = 3;

/** `stale`: no longer written to; `soon`: within three months; `unheard`: agreed long ago, without a sign of life since. */
type Staleness = 'stale' | 'soon' | 'unheard';

const staleContactRows = rowsOf('contact_key', ['wrapped']).with({
  id: col.text(),
  state: col.text<Staleness>(),
  lastInteractionAt: col.text().orNull(),
  agreedAt: col.text(),
  sealed: col.bytes(),
});

/** A person who may get advertising, and their last sign of life. */
export type StaleContact = RowOf<typeof staleContactRows>;

const staleCountsRows = computedRows({
  stale: col.number(),
  soon: col.number(),
  unheard: col.number(),
});

/** Counts people who agreed to advertising and gave no recent sign of life, at an instant of the law clock. */
export async function countStale(tx: Transaction, at: string): Promise<RowOf<typeof staleCountsRows>> {
  const row = await tx.first(staleCountsRows.sql`
    SELECT count(*) FILTER (WHERE state = 'stale')::int AS stale, count(*) FILTER (WHERE state = 'soon')::int AS soon,
           count(*) FILTER (WHERE state = 'unheard')::int AS unheard
      FROM (${staleContacts(at)}) AS s`);
  return row ?? { stale: 0, soon: 0, unheard: 0 };
}

/** Reads a page of the people whom `countStale` counts, in order of creation. */
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
      FROM (${staleContacts(at)}) AS s JOIN contact_key y ON y.contact_id = s.id
     WHERE (${page.state ?? null}::text IS NULL OR s.state = ${page.state ?? null})
       AND (${page.after ?? null}::uuid IS NULL OR s.id > ${page.after ?? null}::uuid)
     ORDER BY s.id LIMIT ${page.limit}`);

/** Selects contacts who may still be written to on that day, and soon will not. */
export const worthAsking = (at: string): RawBuilder<unknown> => sql`
  SELECT s.id AS contact_id FROM (${staleContacts(at)}) AS s
   WHERE s.state <> 'stale' AND NOT s.outlived`;

const staleContacts = (at: string): RawBuilder<unknown> => {
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

/** How far the removal of reasons of visits has come in a tenant that serves health. */
export type Cutting =
  | { readonly phase: 'contacts'; readonly after: string }
  /** `after` is a position in the chain of consents. */
  | { readonly phase: 'proofs'; readonly after: number }
  | { readonly phase: 'done' };

const START: Cutting = { phase: 'contacts', after: BEFORE_ALL };

const cutRows = computedRows({ cut: col.json<Cutting>().orNull() });

/** Reads the progress and locks it until the transaction ends, so that two workers do not do the same. */
export async function lockCutting(tx: Transaction): Promise<Cutting> {
  const row = await tx.first(cutRows.sql`
    SELECT (reasons_cut - 'stage') || jsonb_build_object('phase', reasons_cut->'stage') AS cut FROM tenant WHERE id = ${tx.tenantId}::uuid FOR NO KEY UPDATE`);
  return row?.cut ?? START;
}

/** Stores the progress; undefined makes it start again. */
export async function saveCutting(tx: Transaction, cutting: Cutting | undefined): Promise<void> {
  const { phase, ...after } = cutting ?? {};
  const cut = sql`jsonb_build_object('stage', ${phase ?? null}::text) || ${JSON.stringify(after)}::jsonb`;
  const kept = cutting === undefined ? sql`NULL::jsonb` : cut;
  await tx.run(sql`
    UPDATE tenant SET reasons_cut = ${kept}
     WHERE id = ${tx.tenantId}::uuid AND reasons_cut IS DISTINCT FROM ${kept}`);
}

/** Reads the ids of the contacts behind an id, retired ones included. */
export async function contactsAfter(
  tx: Transaction,
  { after, most }: { readonly after: string; readonly most: number },
): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT id FROM contact WHERE tenant_id = ${tx.tenantId}::uuid AND id > ${after}::uuid ORDER BY id LIMIT ${most}`);
  return rows.map(({ id }) => id);
}

const placedProofRows = rowsOf('link', ['position', 'eventId']).and('consent_event', ['contactId']);

export type PlacedProof = RowOf<typeof placedProofRows>;

/** Reads the events behind a position of the chain; the proof of one may be removed already. */
export function actsAfter(
  tx: Transaction,
  { after, most }: { readonly after: number; readonly most: number },
): Promise<PlacedProof[]> {
  return tx.rows(placedProofRows.sql`
    SELECT l.position::float8 AS position, l.event_id AS "eventId", e.contact_id AS "contactId"
      FROM link l JOIN consent_event e ON e.id = l.event_id AND e.tenant_id = l.tenant_id
     WHERE l.tenant_id = ${tx.tenantId}::uuid AND l.chain = 'consent' AND l.position > ${after}
     ORDER BY l.position LIMIT ${most}`);
}
