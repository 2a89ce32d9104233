import { sql, type RawBuilder } from 'kysely';
import {
  BEFORE_ALL,
  col,
  pageOf,
  query,
  rowsOf,
  computedRows,
  idRows,
  type Clock,
  type Transaction,
  type Page,
} from '../../platform/index.ts';
import { mapInSlices, uuidV7 } from '../../base/index.ts';
import { newPersonKey, personKey, type PersonKey, type TenantKeys } from '../../crypto/index.ts';
import type { ContactPlace, PlaceFrom, Person } from '../../person/index.ts';
import { raise, recordAudits } from '../../company/index.ts';

/** What reading and writing contacts needs: the tenant's keys, and the clock. */
export interface ContactDeps {
  readonly keys: TenantKeys;
  readonly clock: Clock;
}

/** The content of a contact, decrypted. */
export interface ContactDraft {
  readonly person: Person;
  readonly place: ContactPlace;
  readonly lineType: string;
  /** `YYYY-MM-DD`, only while the person is a minor. */
  readonly adultOn: string | undefined;
  readonly lastInteractionAt: string | undefined;
}

/** A stored contact, with the key that seals its data. */
export interface Contact extends ContactDraft {
  readonly id: string;
  readonly phoneIndex: Buffer;
  readonly key: PersonKey;
  readonly numberState: string | undefined;
  /** Grows with each change of number. */
  readonly numberVersion: number;
  readonly simulated: boolean;
  readonly retiredAt: string | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Reads the place of the tenant's own address. */
export async function readHome(tx: Transaction): Promise<Omit<ContactPlace, 'placeFrom'>> {
  const own = query.selectFrom('tenant').select(['territory', 'timeZone']).where('id', '=', tx.tenantId);
  const home = await tx.first(own);
  if (home === undefined) throw new TenantMissing(`tenant ${tx.tenantId} is not there`);
  return home;
}

class TenantMissing extends Error {
  override readonly name = 'TenantMissing';
}

/** Locks and opens the contacts that hold these numbers now. */
export async function lockHolders(
  tx: Transaction,
  keys: TenantKeys,
  indexes: readonly Buffer[],
): Promise<Contact[]> {
  if (indexes.length === 0) return [];
  const among = sql`c.phone_index = ANY(${indexes}::bytea[]) AND c.retired_at IS NULL ORDER BY c.id FOR NO KEY UPDATE OF c`;
  return opened(tx, keys, among);
}

/** Locks and opens contacts by id, retired ones included. */
export async function lockContacts(
  tx: Transaction,
  keys: TenantKeys,
  ids: readonly string[],
): Promise<Contact[]> {
  if (ids.length === 0) return [];
  return opened(tx, keys, sql`c.id = ANY(${ids}::uuid[]) ORDER BY c.id FOR NO KEY UPDATE OF c`);
}

/** Reads contacts by id in order of creation, retired ones included. */
export async function readContacts(
  tx: Transaction,
  keys: TenantKeys,
  ids: readonly string[],
): Promise<Contact[]> {
  if (ids.length === 0) return [];
  return opened(tx, keys, sql`c.id = ANY(${ids}::uuid[]) ORDER BY c.id`);
}

/** Reads one contact, retired or not. */
export async function readContact(
  tx: Transaction,
  keys: TenantKeys,
  id: string,
): Promise<Contact | undefined> {
  return (await opened(tx, keys, sql`c.id = ${id}::uuid`))[0];
}

/** Reads the contact that holds a number now. */
export async function readHolder(
  tx: Transaction,
  keys: TenantKeys,
  phoneIndex: Buffer,
): Promise<Contact | undefined> {
  return (await opened(tx, keys, sql`c.phone_index = ${phoneIndex} AND c.retired_at IS NULL`))[0];
}

/** Finds the id of the contact that holds a number now; decrypts nothing. */
export async function holderIdOf(tx: Transaction, phoneIndex: Buffer): Promise<string | undefined> {
  const row = await tx.first(idRows.sql`
    SELECT id FROM contact WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND retired_at IS NULL`);
  return row?.id;
}

/** Reads a page of contacts that hold a number, in order of creation; `next` is the cursor of the following one. */
export async function listContacts(
  tx: Transaction,
  keys: TenantKeys,
  { after = BEFORE_ALL, limit }: Page,
): Promise<{ readonly items: readonly Contact[]; readonly next: string | null }> {
  const among = sql`c.id > ${after}::uuid AND c.retired_at IS NULL ORDER BY c.id LIMIT ${limit + 1}`;
  return pageOf(await opened(tx, keys, among), limit);
}

const insertedContactRows = rowsOf('contact', ['phoneIndex']).with({ id: col.text() });

/**
 * Inserts new contacts; returns their ids by the blind index of the number, in hexadecimal. A number that another
 * transaction gave a holder meanwhile is left out.
 */
export async function insertContacts(
  tx: Transaction,
  people: readonly (ContactDraft & Pick<Contact, 'phoneIndex' | 'simulated'>)[],
  made: { readonly keys: TenantKeys; readonly at: string; readonly machineMs: number },
): Promise<ReadonlyMap<string, string>> {
  if (people.length === 0) return new Map();
  // One order for all writers, so that two imports of the same people cannot wait for each other.
  const ordered = people.toSorted((one, other) => one.phoneIndex.compare(other.phoneIndex));
  const rows = ordered.map((contact) => {
    const id = uuidV7(made.machineMs);
    const { key, wrapped, version } = newPersonKey(made.keys, id);
    return Object.assign(columns(id, key, contact), {
      phone_index: hex(contact.phoneIndex),
      simulated: contact.simulated,
      wrapped: hex(wrapped),
      key_version: version,
    });
  });
  const inserted = await tx.rows(insertedContactRows.sql`
    WITH r AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(
        id uuid, phone_index bytea, sealed bytea, territory text, time_zone text, place_from text, line_type text,
        adult_on date, last_interaction_at timestamptz, simulated boolean, wrapped bytea, key_version int)),
    made AS (
      INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, adult_on,
                           last_interaction_at, simulated, created_at, updated_at)
      SELECT id, ${tx.tenantId}::uuid, phone_index, sealed, territory, time_zone, place_from, line_type, adult_on,
             last_interaction_at, simulated, ${made.at}::timestamptz, ${made.at}::timestamptz FROM r
      ON CONFLICT (tenant_id, phone_index, ${NUMBER_HELD}) DO NOTHING
      RETURNING id, phone_index),
    locked AS (
      INSERT INTO contact_key (contact_id, tenant_id, wrapped, key_version)
      SELECT r.id, ${tx.tenantId}::uuid, r.wrapped, r.key_version FROM r JOIN made USING (id))
    SELECT id, phone_index AS "phoneIndex" FROM made`);
  return new Map(inserted.map(({ id, phoneIndex }) => [phoneIndex.toString('hex'), id]));
}

/** The expression of the unique index: one holder for each number, and any number of retired ones. */
export const NUMBER_HELD = sql`(CASE WHEN retired_at IS NOT NULL THEN id END)`;

/** Updates contacts that the transaction has locked. */
export async function updateContacts(
  tx: Transaction,
  changed: readonly { readonly contact: Contact; readonly draft: ContactDraft }[],
  at: string,
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.map(({ contact, draft }) => columns(contact.id, contact.key, draft));
  await tx.run(sql`
    UPDATE contact c
       SET sealed = r.sealed, territory = r.territory, time_zone = r.time_zone, place_from = r.place_from,
           line_type = r.line_type, adult_on = r.adult_on, last_interaction_at = r.last_interaction_at,
           updated_at = ${at}::timestamptz
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(
        id uuid, sealed bytea, territory text, time_zone text, place_from text, line_type text, adult_on date,
        last_interaction_at timestamptz)
     WHERE c.id = r.id`);
}

const hex = (bytes: Buffer): string => `\\x${bytes.toString('hex')}`;

const columns = (id: string, key: PersonKey, draft: ContactDraft): Record<string, unknown> => ({
  id,
  sealed: hex(key.sealPerson(draft.person)),
  territory: draft.place.territory,
  time_zone: draft.place.timeZone,
  place_from: draft.place.placeFrom,
  line_type: draft.lineType,
  adult_on: draft.adultOn ?? null,
  last_interaction_at: draft.lastInteractionAt ?? null,
});

const contactsRows = rowsOf('contact', ['id', 'sealed', 'territory', 'simulated'])
  .and('contact_key', ['wrapped'])
  .with({
    phone_index: col.of('contact', 'phoneIndex'),
    time_zone: col.of('contact', 'timeZone'),
    place_from: col.of('contact', 'placeFrom').as<PlaceFrom>(),
    line_type: col.of('contact', 'lineType'),
    adult_on: col.of('contact', 'adultOn'),
    last_interaction_at: col.of('contact', 'lastInteractionAt'),
    number_state: col.of('contact', 'numberState'),
    number_version: col.of('contact', 'numberVersion'),
    retired_at: col.of('contact', 'retiredAt'),
    created_at: col.of('contact', 'createdAt'),
    updated_at: col.of('contact', 'updatedAt'),
  });

/** Reads and decrypts contacts; a person without a key was erased, and is left out. */
async function opened(tx: Transaction, keys: TenantKeys, among: RawBuilder<unknown>): Promise<Contact[]> {
  const rows = await tx.rows(contactsRows.sql`
    SELECT c.id, c.phone_index, c.sealed, k.wrapped, c.territory, c.time_zone, c.place_from, c.line_type,
           c.adult_on::text AS adult_on, iso(c.last_interaction_at) AS last_interaction_at, c.number_state, c.number_version, c.simulated,
           iso(c.retired_at) AS retired_at, iso(c.created_at) AS created_at, iso(c.updated_at) AS updated_at
      FROM contact c JOIN contact_key k ON k.contact_id = c.id
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND ${among}`);
  return mapInSlices(rows, (row) => {
    const key = personKey(keys, row.id, row.wrapped);
    return {
      id: row.id,
      phoneIndex: row.phone_index,
      key,
      // `columns` sealed a person here, under our own key.
      person: key.openPerson(row.sealed) as Person,
      place: { territory: row.territory, timeZone: row.time_zone, placeFrom: row.place_from },
      lineType: row.line_type,
      adultOn: row.adult_on ?? undefined,
      lastInteractionAt: row.last_interaction_at ?? undefined,
      numberState: row.number_state ?? undefined,
      numberVersion: row.number_version,
      simulated: row.simulated,
      retiredAt: row.retired_at ?? undefined,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    };
  });
}

/** Gives a contact another number; false when somebody holds it. */
export async function writeNumber(
  tx: Transaction,
  {
    contact,
    draft,
    phoneIndex,
    at,
  }: {
    readonly contact: Contact;
    readonly draft: ContactDraft;
    readonly phoneIndex: Buffer;
    /** ISO instant of the law clock. */
    readonly at: string;
  },
): Promise<boolean> {
  if ((await holderIdOf(tx, phoneIndex)) !== undefined) return false;
  await tx.run(sql`
    UPDATE contact SET phone_index = ${phoneIndex}, phone_index_next = NULL, sealed = ${contact.key.sealPerson(draft.person)},
           territory = ${draft.place.territory}, time_zone = ${draft.place.timeZone}, place_from = ${draft.place.placeFrom},
           line_type = ${draft.lineType}, number_state = NULL, number_version = number_version + 1,
           number_since = ${at}::timestamptz, updated_at = ${at}::timestamptz
     WHERE id = ${contact.id}::uuid`);
  return true;
}

/** Locks numbers until the end of the transaction, so that nobody else takes one meanwhile. */
export const lockNumbers = async (tx: Transaction, indexes: readonly Buffer[]): Promise<void> => {
  for (const index of indexes.toSorted((one, other) => one.compare(other)))
    await tx.run(sql`SELECT pg_advisory_xact_lock(hashtextextended(${index.toString('hex')}, 0))`);
};

/** Retires numbers that messages failed to reach for good; returns their contacts, each once. */
export async function retireNumbers(
  tx: Transaction,
  {
    batchId,
    seqs,
    why,
    when,
  }: {
    readonly batchId: string;
    readonly seqs: readonly number[];
    readonly why: 'hard-bounce' | 'unknown-subscriber';
    readonly when: { readonly at: string; readonly machineMs: number };
  },
): Promise<readonly string[]> {
  if (seqs.length === 0) return [];
  const retired = await tx.rows(idRows.sql`
    UPDATE contact c SET number_state = 'NUMBER_INVALID', retired_at = ${when.at}::timestamptz, updated_at = ${when.at}::timestamptz
      FROM message m
     WHERE m.batch_id = ${batchId}::uuid AND m.seq = ANY (${seqs}::int[]) AND c.id = m.contact_id AND c.retired_at IS NULL
    RETURNING c.id`);
  const action = 'contact.number-retired' as const;
  const entries = retired.map(({ id: subject }) => ({ actor: 'system', action, subject, details: { why } }));
  await recordAudits(tx, entries, when);
  const events = retired.map(({ id: subject }) => ({ type: action, subject, about: { why } }));
  await raise(tx, events, when.at);
  return retired.map(({ id }) => id);
}

const lastInteractionAtRows = computedRows({
  lastInteractionAt: col.of('contact', 'lastInteractionAt').known(),
});

/** Notes a sign of life; returns the latest known one, undefined when there is no such contact. */
export const noteSignOfLife = (
  tx: Transaction,
  who: PersonReference,
  at: string,
): Promise<{ readonly lastInteractionAt: string } | undefined> =>
  tx.first(lastInteractionAtRows.sql`
    UPDATE contact c SET last_interaction_at = greatest(c.last_interaction_at, ${at}::timestamptz)
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND ${contactIs(who)} AND c.retired_at IS NULL
    RETURNING iso(c.last_interaction_at) AS "lastInteractionAt"`);

type PersonReference = { readonly contactId: string } | { readonly phoneIndex: Buffer };

const contactIs = (who: PersonReference): RawBuilder<unknown> =>
  'contactId' in who ? sql`c.id = ${who.contactId}::uuid` : sql`c.phone_index = ${who.phoneIndex}`;
