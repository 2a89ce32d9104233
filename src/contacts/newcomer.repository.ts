import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';
import { CopyRows } from '../database/copy-rows.ts';
import { newPersonKey, type PersonKey } from '../database/person-key.ts';
import type { TenantKeys } from '../database/vault.ts';
import type { ConsentEvent } from './consent-event.ts';
import { idAt } from './consent.repository.ts';
import type { Draft } from './contact.repository.ts';

/** A contact that may be new, sealed. */
export interface NewcomerRow {
  readonly id: string;
  readonly phoneIndex: Buffer;
  readonly draft: Draft;
  readonly sealed: Buffer;
  readonly wrapped: Buffer;
  readonly keyVersion: number;
}

/** An agreement of somebody new, and where it leaves them. */
export interface NewcomerAct {
  readonly event: ConsentEvent;
  readonly occurredMs: number;
  /** Hexadecimal. */
  readonly digest: string;
  readonly salt: Buffer;
  readonly sealed: Buffer;
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

/** An id for somebody new, with the key that seals what is theirs. */
export function newHolder(
  keys: TenantKeys,
  machineMs: number,
): { readonly id: string; readonly key: PersonKey } & Pick<NewcomerRow, 'wrapped' | 'keyVersion'> {
  const id = idAt(machineMs);
  const { key, wrapped, version } = newPersonKey(keys, id);
  return { id, key, wrapped, keyVersion: version };
}

const BYTES_A_PERSON = 500;
const BYTES_AN_ACT = 600;

/** Inserts those whose number nobody holds and nobody suppressed; answers their ids. */
export async function insertNewcomers(
  tx: Transaction,
  arrival: Arrival,
  people: readonly { readonly newcomer: NewcomerRow; readonly line: number }[],
): Promise<ReadonlySet<string>> {
  await tx.run(sql`
    CREATE TEMPORARY TABLE IF NOT EXISTS newcomer (
      id uuid, phone_index bytea, sealed bytea, territory text, time_zone text, place_from text, line_type text, adult_on date,
      seen timestamptz, wrapped bytea, key_version int, line int) ON COMMIT DELETE ROWS`);
  await tx.copy('newcomer', copyOfPeople(people));
  const row = await tx.first(sql<{ made: string | null }>`
    WITH made AS (
      INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, adult_on,
                           last_interaction_at, simulated, created_at, updated_at)
      SELECT id, ${tx.tenantId}::uuid, phone_index, sealed, territory, time_zone, place_from, line_type, adult_on, seen,
             ${arrival.simulated}::boolean, ${arrival.at}::timestamptz, ${arrival.at}::timestamptz
        FROM newcomer n
       WHERE NOT EXISTS (SELECT 1 FROM suppression s WHERE s.tenant_id = ${tx.tenantId}::uuid AND s.phone_index = n.phone_index
                            AND s.lifted_at IS NULL)
       ORDER BY phone_index
      ON CONFLICT (tenant_id, phone_index) WHERE retired_at IS NULL DO NOTHING
      RETURNING id)
    SELECT string_agg(id::text, ',') AS made FROM made`);
  return new Set(row?.made?.split(',') ?? []);
}

/** Inserts their keys, agreements and proofs, where these leave them, and the lines that brought them. */
export async function insertArrivals(
  tx: Transaction,
  { importId, at, simulated }: Arrival,
  acts: readonly NewcomerAct[],
): Promise<void> {
  await tx.run(sql`
    CREATE TEMPORARY TABLE IF NOT EXISTS newcomer_act (
      id uuid, contact_id uuid, purpose text, basis text, method text, wording_id uuid, occurred_at timestamptz, actor text,
      barred text, digest bytea, proof_digest bytea, salt bytea, sealed bytea, sendable boolean, why text) ON COMMIT DELETE ROWS`);
  await tx.copy('newcomer_act', copyOfActs(acts));
  await tx.run(sql`
    WITH here AS (SELECT n.* FROM newcomer n WHERE EXISTS (SELECT 1 FROM contact c WHERE c.id = n.id)),
    keyed AS (
      INSERT INTO contact_key (contact_id, tenant_id, wrapped, key_version)
      SELECT id, ${tx.tenantId}::uuid, wrapped, key_version FROM here),
    named AS (
      INSERT INTO import_row (import_id, contact_id, tenant_id, line)
      SELECT ${importId}::uuid, id, ${tx.tenantId}::uuid, line FROM here),
    appended AS (
      INSERT INTO consent_event (id, tenant_id, contact_id, purpose, kind, basis, method, wording_id, proof, occurred_at, recorded_at,
                                 actor, barred, proof_digest, simulated, digest)
      SELECT id, ${tx.tenantId}::uuid, contact_id, purpose, 'granted', basis, method, wording_id, 'held', occurred_at,
             ${at}::timestamptz, actor, barred, proof_digest, ${simulated}::boolean, digest FROM newcomer_act),
    proven AS (
      INSERT INTO consent_proof (event_id, tenant_id, contact_id, salt, sealed)
      SELECT id, ${tx.tenantId}::uuid, contact_id, salt, sealed FROM newcomer_act)
    INSERT INTO consent (contact_id, purpose, tenant_id, sendable, why, basis, since, wording_id, event_id)
    SELECT contact_id, purpose, ${tx.tenantId}::uuid, sendable, why, basis, occurred_at, wording_id, id FROM newcomer_act`);
}

function copyOfPeople(
  people: readonly { readonly newcomer: NewcomerRow; readonly line: number }[],
): CopyRows {
  const rows = new CopyRows(people.length * BYTES_A_PERSON);
  for (const { newcomer, line } of people) {
    const { place, lineType, adultOn, lastInteractionAt } = newcomer.draft;
    rows.row(12).uuid(newcomer.id).bytes(newcomer.phoneIndex).bytes(newcomer.sealed);
    rows.text(place.territory).text(place.timeZone).text(place.placeFrom).text(lineType);
    if (adultOn === undefined) rows.none();
    else rows.date(adultOn);
    if (lastInteractionAt === undefined) rows.none();
    else rows.instant(Date.parse(lastInteractionAt));
    rows.bytes(newcomer.wrapped).int(newcomer.keyVersion).int(line);
  }
  return rows;
}

function copyOfActs(acts: readonly NewcomerAct[]): CopyRows {
  const rows = new CopyRows(acts.length * BYTES_AN_ACT);
  for (const { event, occurredMs, digest, salt, sealed, sendable, why } of acts) {
    rows
      .row(15)
      .uuid(event.id)
      .uuid(event.contactId ?? '')
      .text(event.purpose)
      .text(event.basis);
    rows.textOrNone(event.method);
    if (event.wordingId === null) rows.none();
    else rows.uuid(event.wordingId);
    rows.instant(occurredMs).text(event.actor).textOrNone(event.barred);
    rows
      .hex(digest)
      .hex(event.proofDigest ?? '')
      .bytes(salt)
      .bytes(sealed)
      .boolean(sendable)
      .textOrNone(why);
  }
  return rows;
}
