import { sql, type RawBuilder } from 'kysely';
import {
  col,
  rowsOf,
  personKey,
  type RowOf,
  type Transaction,
  type TenantKeys,
} from '../../platform/index.ts';
import type { MessageKey } from '../../sending/index.ts';
import type { Person } from '../../people/index.ts';

const listedRows = rowsOf('message', [
  'state',
  'reason',
  'contactId',
  'acceptedAt',
  'parts',
  'batchId',
  'seq',
])
  .and('submission', ['price', 'currency'])
  .with({
    territory: col.text(),
    gateway: col.of('gateway_account', 'name').orNull(),
    sealed: col.of('contact', 'sealed').orNull(),
    wrapped: col.of('contact_key', 'wrapped').orNull(),
  });

/** A stored message of a campaign. */
export type ListedRow = RowOf<typeof listedRows>;

/** The selection of messages and the start of the page. */
export interface MessagePage {
  readonly state?: string | undefined;
  readonly reason?: string | undefined;
  readonly after?: MessageKey | undefined;
  readonly limit: number;
}

/** Reads a page of a campaign's messages, in order of their keys. */
export async function readMessages(
  tx: Transaction,
  campaignId: string,
  page: MessagePage,
): Promise<ListedRow[]> {
  const rows: ListedRow[] = [];
  for (const batch of await batchesOf(tx, campaignId, page)) {
    if (rows.length >= page.limit) break;
    rows.push(...(await readBatch(tx, batch, { ...page, limit: page.limit - rows.length })));
  }
  return rows;
}

const listedBatchRows = rowsOf('batch', ['id', 'territory']);

type ListedBatch = RowOf<typeof listedBatchRows>;

/** Lists the batches from the start of the page on; those without matching messages in the tally are left out. */
const batchesOf = (
  tx: Transaction,
  campaignId: string,
  { after, state, reason }: MessagePage,
): Promise<ListedBatch[]> =>
  tx.rows(listedBatchRows.sql`
    SELECT b.id, b.territory FROM batch b
     WHERE b.campaign_id = ${campaignId}::uuid AND b.id >= ${after?.batchId ?? FIRST}::uuid
       AND (${state === undefined && reason === undefined}::boolean
            OR (SELECT sum(t.delta) FROM tally t
                 WHERE t.batch_id = b.id AND ${inState('t', state)} AND ${forReason('t', reason)}) > 0)
     ORDER BY b.id`);

const FIRST = '00000000-0000-0000-0000-000000000000';

const inState = (table: 't' | 'm', state: string | undefined): RawBuilder<unknown> =>
  state === undefined ? sql`true` : sql`${sql.ref(`${table}.state`)} = ${state}::message_state`;

const forReason = (table: 't' | 'm', reason: string | undefined): RawBuilder<unknown> =>
  reason === undefined ? sql`true` : sql`${sql.ref(`${table}.reason`)} = ${reason}`;

/** In one batch the key alone leads from page to page, however many people the campaign has. */
const readBatch = (
  tx: Transaction,
  { id, territory }: ListedBatch,
  { after, state, reason, limit }: MessagePage,
): Promise<ListedRow[]> =>
  tx.rows(listedRows.sql`
    SELECT m.batch_id AS "batchId", m.seq, m.state::text AS state, m.reason, m.contact_id AS "contactId",
           coalesce(c.territory, ${territory}) AS territory, iso(m.accepted_at) AS "acceptedAt", c.sealed, y.wrapped,
           g.name AS gateway, m.parts, s.price, s.currency
      FROM (SELECT batch_id, seq, state, reason, contact_id, accepted_at, submission_id, parts FROM message m
             WHERE m.batch_id = ${id}::uuid AND m.seq > ${after?.batchId === id ? after.seq : -1}::int
               AND ${inState('m', state)} AND ${forReason('m', reason)}
             ORDER BY m.seq LIMIT ${limit}) AS m
      LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN contact_key y ON y.contact_id = m.contact_id
      LEFT JOIN submission s ON s.id = m.submission_id LEFT JOIN gateway_account g ON g.id = s.account_id
     ORDER BY m.seq`);

/** The ciphertexts of a person in a message's row. */
interface SealedHolder {
  readonly contactId: string | null;
  readonly sealed: Buffer | null;
  readonly wrapped: Buffer | null;
}

/** Opens the person of a row; undefined once erased. */
export function holderOf(keys: TenantKeys, { contactId, sealed, wrapped }: SealedHolder): Person | undefined {
  if (contactId === null || sealed === null || wrapped === null) return undefined;
  // The contact's own key opens a sealed person.
  return personKey(keys, contactId, wrapped).openPerson(sealed) as Person;
}
