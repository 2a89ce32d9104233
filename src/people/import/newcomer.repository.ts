import { sql, type RawBuilder } from 'kysely';
import {
  col,
  computedRows,
  CopyColumns,
  CopyRows,
  isUniqueViolation,
  openSealer,
  type Sealer,
  type Transaction,
} from '../../platform/index.ts';
import type { ConsentEvent } from '../../person/index.ts';
import { NUMBER_HELD, type ContactDraft } from '../contact/contact.repository.ts';

/** The sealed columns of one row in the format of COPY, as a range of a shared buffer. */
export interface SealedColumns {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** A person of a file, sealed before the merge, who is written only when nobody holds the number. */
export interface Newcomer {
  readonly id: string;
  /** Index, id, sealed, wrapped key and its version. */
  readonly columns: SealedColumns;
  readonly draft: ContactDraft;
  /** The agreements, whose proofs are sealed; the rest of each event is added when they are written. */
  readonly acts: readonly {
    readonly columns: SealedColumns;
    readonly eventId: string;
    readonly occurredAt: string;
    readonly occurredMs: number;
    /** Hexadecimal. */
    readonly proofDigest: string;
  }[];
  /** The index keys under which the blind index was computed. */
  readonly indexedUnder: unknown;
}

/** Returns the columns with another blind index, which is the first of them. */
export function withIndex({ bytes, from, to }: SealedColumns, phoneIndex: Buffer): SealedColumns {
  const behind = from + 4 + Buffer.from(bytes.buffer, bytes.byteOffset).readInt32BE(from);
  const { written } = new CopyColumns(to - from).bytes(phoneIndex).framed(bytes.subarray(behind, to));
  return { bytes: written, from: 0, to: written.length };
}

/** An agreement of a newcomer, and the consent that results from it. */
export interface NewcomerAct {
  readonly event: ConsentEvent;
  /** Id, person, digest of the proof, salt and sealed proof. */
  readonly columns: SealedColumns;
  readonly occurredMs: number;
  /** Hexadecimal. */
  readonly digest: string;
  readonly sendable: boolean;
  readonly why: string | null;
}

/** What all newcomers of a merge share. */
export interface Arrival {
  readonly importId: string;
  /** ISO instant of the law clock. */
  readonly at: string;
  readonly simulated: boolean;
}

/** People who may be new and their agreements, in the format of COPY. */
export interface NewcomerCopy {
  readonly people: CopyRows;
  readonly acts: CopyRows;
}

/** Converts people and their agreements to the format of COPY. */
export const copyOfNewcomers = (
  people: readonly { readonly newcomer: Newcomer; readonly line: number }[],
  acts: readonly NewcomerAct[],
): NewcomerCopy => ({ people: copyOfPeople(people), acts: copyOfActs(acts) });

/** Opens a sealer for a file of that many bytes. */
export const sealerOf = (bytes: number): Sealer => openSealer(bytes);

const BYTES_A_PERSON = 500;
const BYTES_AN_ACT = 600;

/**
 * Inserts the people whose number nobody holds and which is not suppressed, with their keys, agreements, proofs,
 * consents and lines of the file. Returns the ids that were not inserted.
 */
export async function insertNewcomers(
  tx: Transaction,
  arrival: Arrival,
  { people, acts }: NewcomerCopy,
): Promise<ReadonlySet<string>> {
  await openTables(tx);
  await tx.copy('newcomer', people);
  await tx.copy('newcomer_act', acts);
  await tx.run(sql`SAVEPOINT newcomers`);
  try {
    return await insertFromTables(tx, arrival, sql``);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Another transaction inserted one of these numbers at the same moment, and has committed.
    await tx.run(sql`ROLLBACK TO SAVEPOINT newcomers`);
    return insertFromTables(
      tx,
      arrival,
      sql`ON CONFLICT (tenant_id, phone_index, ${NUMBER_HELD}) DO NOTHING`,
    );
  }
}

/** Rolls back what `insertNewcomers` wrote in this transaction. */
export const forgetNewcomers = (tx: Transaction): Promise<number> =>
  tx.run(sql`ROLLBACK TO SAVEPOINT newcomers`);

const knownRows = computedRows({ known: col.text().orNull() });

/**
 * Inserts from the temporary tables. Without a clause for conflicts each row costs a third less. The limits in the
 * sub-selects make PostgreSQL use their indexes, however large the tables are.
 */
async function insertFromTables(
  tx: Transaction,
  { importId, at, simulated }: Arrival,
  onConflict: RawBuilder<unknown>,
): Promise<ReadonlySet<string>> {
  const row = await tx.first(knownRows.sql`
    WITH made AS (
      INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, adult_on,
                           last_interaction_at, simulated, created_at, updated_at)
      SELECT id, ${tx.tenantId}::uuid, phone_index, sealed, territory, time_zone, place_from, line_type, adult_on, seen,
             ${simulated}::boolean, ${at}::timestamptz, ${at}::timestamptz
        FROM newcomer n
       WHERE (SELECT true FROM suppression s WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.phone_index = n.phone_index
                 AND s.lifted_at IS NULL LIMIT 1) IS NULL
         AND (SELECT true FROM contact c WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.phone_index = n.phone_index
                 AND c.retired_at IS NULL LIMIT 1) IS NULL
       ORDER BY phone_index
      ${onConflict}
      RETURNING id),
    keyed AS (
      INSERT INTO contact_key (contact_id, tenant_id, wrapped, key_version)
      SELECT n.id, ${tx.tenantId}::uuid, wrapped, key_version FROM newcomer n JOIN made USING (id) ORDER BY n.id),
    named AS (
      INSERT INTO import_row (import_id, contact_id, tenant_id, line)
      SELECT ${importId}::uuid, n.id, ${tx.tenantId}::uuid, line FROM newcomer n JOIN made USING (id) ORDER BY n.id),
    acted AS MATERIALIZED (SELECT a.* FROM newcomer_act a JOIN made m ON m.id = a.contact_id),
    appended AS (
      INSERT INTO consent_event (id, tenant_id, contact_id, purpose, kind, basis, method, wording_id, proof, occurred_at, recorded_at,
                                 actor, barred, proof_digest, simulated, digest)
      SELECT id, ${tx.tenantId}::uuid, contact_id, purpose, 'granted', basis, method, wording_id, 'held', occurred_at,
             ${at}::timestamptz, actor, barred, proof_digest, ${simulated}::boolean, digest FROM acted),
    proven AS (
      INSERT INTO consent_proof (event_id, tenant_id, contact_id, salt, sealed)
      SELECT id, ${tx.tenantId}::uuid, contact_id, salt, sealed FROM acted),
    current AS (
      INSERT INTO consent (contact_id, purpose, tenant_id, sendable, why, basis, since, wording_id, event_id)
      SELECT contact_id, purpose, ${tx.tenantId}::uuid, sendable, why, basis, occurred_at, wording_id, id FROM acted)
    SELECT string_agg(n.id::text, ',') AS known FROM newcomer n LEFT JOIN made m USING (id) WHERE m.id IS NULL`);
  return new Set(row?.known?.split(',') ?? []);
}

async function openTables(tx: Transaction): Promise<void> {
  await tx.run(sql`
    CREATE TEMPORARY TABLE IF NOT EXISTS newcomer (
      phone_index bytea, id uuid, sealed bytea, wrapped bytea, key_version int, territory text, time_zone text, place_from text,
      line_type text, adult_on date, seen timestamptz, line int) ON COMMIT DELETE ROWS`);
  await tx.run(sql`
    CREATE TEMPORARY TABLE IF NOT EXISTS newcomer_act (
      id uuid, contact_id uuid, proof_digest bytea, salt bytea, sealed bytea, purpose text, basis text, method text, wording_id uuid,
      occurred_at timestamptz, actor text, barred text, digest bytea, sendable boolean, why text) ON COMMIT DELETE ROWS`);
}

function copyOfPeople(people: readonly { readonly newcomer: Newcomer; readonly line: number }[]): CopyRows {
  const rows = new CopyRows(people.length * BYTES_A_PERSON);
  for (const { newcomer, line } of people) {
    const { columns, draft } = newcomer;
    const { place, lineType, adultOn, lastInteractionAt } = draft;
    rows.row(12).framed(piece(columns));
    rows.text(place.territory).text(place.timeZone).text(place.placeFrom).text(lineType);
    if (adultOn === undefined) rows.none();
    else rows.date(adultOn);
    if (lastInteractionAt === undefined) rows.none();
    else rows.instant(Date.parse(lastInteractionAt));
    rows.int(line);
  }
  return rows;
}

function copyOfActs(acts: readonly NewcomerAct[]): CopyRows {
  const rows = new CopyRows(acts.length * BYTES_AN_ACT);
  for (const { event, columns, occurredMs, digest, sendable, why } of acts) {
    rows.row(15).framed(piece(columns));
    rows.text(event.purpose).text(event.basis).textOrNone(event.method);
    if (event.wordingId === null) rows.none();
    else rows.uuid(event.wordingId);
    rows.instant(occurredMs).text(event.actor).textOrNone(event.barred).hex(digest);
    rows.boolean(sendable).textOrNone(why);
  }
  return rows;
}

const piece = ({ bytes, from, to }: SealedColumns): Uint8Array => bytes.subarray(from, to);
