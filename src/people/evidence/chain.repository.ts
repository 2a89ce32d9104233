import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import {
  BEFORE_ALL,
  col,
  computedRows,
  idRows,
  type Database,
  type RowOf,
  rowsOf,
  type Transaction,
} from '../../platform/index.ts';
import { eventDigest } from '../../person/index.ts';
import { eventColumns, eventRows } from '../consent/consent.repository.ts';

/** The two tamper-evident chains of a tenant. */
export type Chain = 'consent' | 'audit';

const quoted = (column: string) => `coalesce('"' || e.${column} || '"', 'null')`;
const exact = (column: string) =>
  `'"' || to_char(e.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"'`;

/**
 * Builds in SQL the text whose SHA-256 is the digest of an event (`eventDigest`). Nothing is escaped here: an event
 * with a character that JSON escapes gets another digest, and is then checked by the program.
 */
const digestText = [
  quoted('tenant_id'),
  ...['id', 'contact_id', 'purpose', 'kind', 'basis', 'method', 'channel', 'wording_id', 'proof'].map(quoted),
  ...['occurred_at', 'recorded_at'].map(exact),
  ...['actor', 'barred'].map(quoted),
  `coalesce('"' || encode(e.proof_digest, 'hex') || '"', 'null')`,
  `e.simulated::text`,
].join(` || ',' || `);

const stretchRows = computedRows({
  links: col.number(),
  first: col.number().orNull(),
  last: col.number().orNull(),
  hashes: col.bytes().orNull(),
  before: col.bytes().orNull(),
  whole: col.flag().orNull(),
});

const auditColumnsRows = rowsOf('audit_entry', ['id', 'actor', 'action', 'subject']).with({
  /** To the microsecond, as PostgreSQL keeps it. */
  at: col.text(),
  /** In the form of jsonb. */
  details: col.text(),
});

/** One position of a chain; hashes in hexadecimal. */
export interface ChainLink {
  /** From 1. */
  readonly position: number;
  readonly eventId: string;
  readonly previousHash: string;
  readonly hash: string;
}

const waitingRows = computedRows({
  id: col.of('unlinked', 'eventId'),
  /** Hexadecimal. */
  digest: col.text(),
});

/** An event that has no position yet. */
export type UnchainedEvent = RowOf<typeof waitingRows>;

/** A row that a link covers: the digest computed from its columns, and the stored one. */
export interface Covered extends UnchainedEvent {
  readonly claimed: string;
}

const auditColumns = sql`e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, e.actor, e.action,
  e.subject, e.details::text AS details`;

const mineRows = computedRows({ mine: col.flag() });

/** Locks the end of a chain until the transaction ends; false when another transaction has it. */
export async function takeTurn(tx: Transaction, chain: Chain): Promise<boolean> {
  const turn = await tx.first(mineRows.sql`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${`chain|${chain}|${tx.tenantId}`}, 0)) AS mine`);
  return turn?.mine === true;
}

/** Reads the last link of a chain. */
export async function readHead(tx: Transaction, chain: Chain): Promise<ChainLink | undefined> {
  return (await readLinks(tx, chain, sql`true ORDER BY position DESC LIMIT 1`))[0];
}

/** Reads the links behind a position, in order. */
export function readLinksAfter(
  tx: Transaction,
  chain: Chain,
  { position, most }: { readonly position: number; readonly most: number },
): Promise<ChainLink[]> {
  return readLinks(tx, chain, sql`position > ${position}::bigint ORDER BY position LIMIT ${most}`);
}

const linkRows = rowsOf('link', ['eventId']).with({
  previousHash: col.text(),
  hash: col.text(),
  position: col.text(),
});

async function readLinks(tx: Transaction, chain: Chain, among: ReturnType<typeof sql>): Promise<ChainLink[]> {
  const rows = await tx.rows(linkRows.sql`
    SELECT position, event_id AS "eventId", encode(previous_hash, 'hex') AS "previousHash", encode(hash, 'hex') AS hash
      FROM link WHERE tenant_id = ${tx.tenantId}::uuid AND chain = ${chain} AND ${among}`);
  return rows.map((row) => Object.assign({}, row, { position: Number(row.position) }));
}

/**
 * Reads the first events behind an id that wait for a position, in order of their ids. The id spares the rows that
 * were linked within the transaction, over which every later read would have to pass.
 */
export async function readUnlinked(
  tx: Transaction,
  chain: Chain,
  { after = BEFORE_ALL, most }: { readonly after: string | undefined; readonly most: number },
): Promise<UnchainedEvent[]> {
  const digest = chain === 'consent' ? sql`encode(e.digest, 'hex')` : sql`''`;
  const waiting = await tx.rows(waitingRows.sql`
    SELECT u.event_id AS id, ${digest} AS digest FROM unlinked u JOIN ${sql.table(tableOf(chain))} e ON e.id = u.event_id
     WHERE u.tenant_id = ${tx.tenantId}::uuid AND u.chain = ${chain} AND u.event_id > ${after}::uuid
     ORDER BY u.event_id LIMIT ${most}`);
  if (chain === 'consent') return waiting;
  const covered = await readCovered(
    tx,
    chain,
    waiting.map(({ id }) => id),
  );
  return waiting.flatMap(({ id }) => {
    const entry = covered.get(id);
    return entry ? [{ id, digest: entry.claimed }] : [];
  });
}

/** Reads the rows of events by id, with the digest computed from their present columns. */
export async function readCovered(
  tx: Transaction,
  chain: Chain,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Covered>> {
  const covered = chain === 'consent' ? await readEvents(tx, ids) : await readEntries(tx, ids);
  return new Map(covered.map((event) => [event.id, event]));
}

async function readEvents(tx: Transaction, ids: readonly string[]): Promise<Covered[]> {
  const rows = await tx.rows(eventRows.sql`
    SELECT ${eventColumns} FROM consent_event e WHERE e.id = ANY(${ids}::uuid[])`);
  return rows.map((row) => ({
    id: row.id,
    digest: eventDigest(tx.tenantId, row),
    claimed: row.digest,
  }));
}

async function readEntries(tx: Transaction, ids: readonly string[]): Promise<Covered[]> {
  const rows = await tx.rows(auditColumnsRows.sql`
    SELECT ${auditColumns} FROM audit_entry e WHERE e.id = ANY(${ids}::uuid[])`);
  return rows.map((row) => {
    const digest = auditDigest(tx.tenantId, row);
    return { id: row.id, digest, claimed: digest };
  });
}

/**
 * Appends links, in order of their events, and removes these events from the waiting ones. The first and last id
 * bound the statement: PostgreSQL may think that the list is short, and would read the whole of it each time.
 */
export async function appendLinks(tx: Transaction, chain: Chain, links: readonly ChainLink[]): Promise<void> {
  const [first, last] = [links.at(0), links.at(-1)];
  if (first === undefined || last === undefined) return;
  await tx.run(sql`
    WITH added AS (
      INSERT INTO link (tenant_id, chain, position, event_id, previous_hash, hash)
      SELECT ${tx.tenantId}::uuid, ${chain}, r.position, r.event_id, r.previous_hash, r.hash
        FROM unnest(${arrayOf(links, ({ position }) => String(position))}::bigint[], ${arrayOf(links, ({ eventId }) => eventId)}::uuid[],
                    ${arrayOf(links, ({ previousHash }) => bytea(previousHash))}::bytea[],
                    ${arrayOf(links, ({ hash }) => bytea(hash))}::bytea[]) AS r(position, event_id, previous_hash, hash)
      RETURNING event_id)
    DELETE FROM unlinked u USING added
     WHERE u.tenant_id = ${tx.tenantId}::uuid AND u.chain = ${chain} AND u.event_id = added.event_id
       AND u.event_id BETWEEN ${first.eventId}::uuid AND ${last.eventId}::uuid`);
}

/** Writes a PostgreSQL array: the driver's own writer is slower. */
const arrayOf = (links: readonly ChainLink[], value: (link: ChainLink) => string): string =>
  `{${links.map(value).join(',')}}`;

const bytea = (hex: string): string => `"\\\\x${hex}"`;

/** Reads the ids of all events that wait for a position, whether their rows exist or not. */
export async function readWaiting(tx: Transaction, chain: Chain): Promise<string[]> {
  const rows = await tx.rows(idRows.sql`
    SELECT event_id AS id FROM unlinked WHERE tenant_id = ${tx.tenantId}::uuid AND chain = ${chain} ORDER BY event_id`);
  return rows.map(({ id }) => id);
}

/** Finds the first event that has no position and does not wait for one. */
export async function readSmuggled(tx: Transaction, chain: Chain): Promise<string | undefined> {
  const row = await tx.first(idRows.sql`
    SELECT e.id FROM ${sql.table(tableOf(chain))} e
     WHERE e.tenant_id = ${tx.tenantId}::uuid
       AND NOT EXISTS (SELECT 1 FROM link l WHERE l.tenant_id = e.tenant_id AND l.chain = ${chain} AND l.event_id = e.id)
       AND NOT EXISTS (SELECT 1 FROM unlinked u WHERE u.tenant_id = e.tenant_id AND u.chain = ${chain} AND u.event_id = e.id)
     ORDER BY e.id LIMIT 1`);
  return row?.id;
}

/** Finds the first consent event that other rows refer to and that is missing. */
export async function readForgotten(tx: Transaction): Promise<string | undefined> {
  const row = await tx.first(idRows.sql`
    SELECT m.id FROM (
      SELECT event_id AS id FROM consent_proof WHERE tenant_id = ${tx.tenantId}::uuid
      UNION ALL SELECT event_id FROM consent WHERE tenant_id = ${tx.tenantId}::uuid
      UNION ALL SELECT event_id FROM suppression WHERE tenant_id = ${tx.tenantId}::uuid AND event_id IS NOT NULL) m
     WHERE NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.id = m.id) ORDER BY m.id LIMIT 1`);
  return row?.id;
}

/** Finds the first suppression that was lifted by anything but a new agreement. */
export async function readWronglyLifted(tx: Transaction): Promise<string | undefined> {
  const row = await tx.first(idRows.sql`
    SELECT s.id FROM suppression s
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.lifted_by IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.id = s.lifted_by AND e.kind = 'reinstated')
     ORDER BY s.id LIMIT 1`);
  return row?.id;
}

const contactIndexRows = rowsOf('contact', ['id', 'phoneIndex']);

/** Reads the people behind an id whose key exists, in order of their ids; the first ones without an id. */
export function readPeople(
  tx: Transaction,
  after: string | undefined,
  most: number,
): Promise<RowOf<typeof contactIndexRows>[]> {
  return tx.rows(contactIndexRows.sql`
    SELECT c.id, c.phone_index AS "phoneIndex" FROM contact c JOIN contact_key k ON k.contact_id = c.id
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.id > ${after ?? BEFORE_ALL}::uuid ORDER BY c.id LIMIT ${most}`);
}

const tableOf = (chain: Chain): string => (chain === 'consent' ? 'consent_event' : 'audit_entry');

/** Returns SHA-256 over the tenant and the columns of an audit entry, in hexadecimal. */
function auditDigest(tenantId: string, entry: RowOf<typeof auditColumnsRows>): string {
  const columns = [tenantId, entry.id, entry.at, entry.actor, entry.action, entry.subject, entry.details];
  return createHash('sha256').update(JSON.stringify(columns)).digest('hex');
}

/**
 * Verifies the links of consents behind a position within PostgreSQL, with the result that the program would have.
 * The lateral join fetches each event by its key: a plan that reads the whole ledger for each stretch takes time that
 * grows with the square of its length.
 */
export async function readStretch(
  tx: Transaction,
  from: { readonly position: number; readonly most: number },
) {
  const row = await tx.first(stretchRows.sql`
    SELECT count(*)::int AS links, min(l.position)::float8 AS first, max(l.position)::float8 AS last,
           string_agg(l.hash, ''::bytea ORDER BY l.position) AS hashes,
           string_agg(l.previous_hash, ''::bytea ORDER BY l.position) AS before,
           bool_and(coalesce(e.digest = sha256(convert_to('[' || ${sql.raw(digestText)} || ']', 'UTF8'))
             AND l.hash = sha256(convert_to(encode(l.previous_hash, 'hex') || '|' || l.position || '|' || l.event_id || '|' ||
                                            encode(e.digest, 'hex'), 'UTF8')), false)) AS whole
      FROM link l LEFT JOIN LATERAL (SELECT * FROM consent_event v WHERE v.id = l.event_id OFFSET 0) e ON true
     WHERE l.tenant_id = ${tx.tenantId}::uuid AND l.chain = 'consent'
       AND l.position > ${from.position}::bigint AND l.position <= ${from.position + from.most}::bigint`);
  const { links = 0, first, last, hashes, before, whole } = row ?? {};
  const unbroken = first === from.position + 1 && last === from.position + links;
  return {
    links,
    /** False when something in it needs a closer look; the caller checks that links follow each other. */
    sound: links === 0 || (whole === true && unbroken),
    /** Hashes of its links, concatenated. */
    hashes: hashes ?? Buffer.alloc(0),
    /** The predecessor hash of each of its links. */
    before: before ?? Buffer.alloc(0),
  };
}

/** A run of links, verified inside PostgreSQL without returning a row. */
export type ChainStretch = Awaited<ReturnType<typeof readStretch>>;

const waitingChainRows = computedRows({ tenantId: col.text(), chain: col.text<Chain>() });

/** Lists chains with events to link, of a hundred tenants at most. */
export const chainsToLink = (database: Database): Promise<RowOf<typeof waitingChainRows>[]> =>
  database.outside((tx) =>
    tx.rows(waitingChainRows.sql`SELECT tenant_id AS "tenantId", chain FROM tenants_to_link(${100})`),
  );
