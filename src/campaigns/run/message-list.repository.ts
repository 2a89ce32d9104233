import { sql, type RawBuilder } from 'kysely';
import {
  BEFORE_ALL,
  type Transaction,
  type Database,
  col,
  rowsOf,
  type RowOf,
} from '../../platform/index.ts';
import { csvLine, mapInSlices } from '../../base/index.ts';
import { type TenantKeys, personKey } from '../../crypto/index.ts';
import { messageId, messageKey, type MessageKey } from '../../sending/index.ts';
import { maskPhone, costOfParts } from '../../sms/index.ts';
import type { Person } from '../../person/index.ts';

/** Lists a page of a campaign's messages, numbers masked. */
export async function listMessages(
  tx: Transaction,
  keys: TenantKeys,
  query: {
    readonly campaignId: string;
    readonly state?: string | undefined;
    readonly reason?: string | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  },
) {
  const { campaignId, state, reason, limit } = query;
  const after = query.after === undefined ? undefined : messageKey(query.after);
  const rows = await readMessages(tx, campaignId, { state, reason, after, limit: limit + 1 });
  const items = rows.slice(0, limit).map((row) => messageView(keys, row));
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** Builds the view of a message; its number is masked, and null once the person is erased. */
function messageView(keys: TenantKeys, row: ListedRow) {
  const { state, reason, territory, acceptedAt } = row;
  const phone = holderOf(keys, row)?.phone;
  return {
    id: messageId(row),
    state,
    reason,
    to: phone === undefined ? null : maskPhone(phone),
    territory,
    acceptedAt,
  };
}

/** People decrypted for one page, while other requests to this process wait. */
const PAGE = 500;
const COST = ['gateway', 'parts', 'cost', 'currency'];
const HEADINGS = ['message', 'contactId', 'phone', 'territory', 'state', 'reason', 'acceptedAt', ...COST];

/** Writes the messages of a campaign as CSV, with the outcome of each; `clear` writes numbers unmasked. */
export async function* servedCsv(
  { database, keys }: { readonly database: Database; readonly keys: TenantKeys },
  about: {
    readonly campaignId: string;
    readonly state?: string | undefined;
    readonly reason?: string | undefined;
    readonly clear: boolean;
  },
): AsyncGenerator<string> {
  const { campaignId, clear, ...filter } = about;
  yield* messagesCsv(
    HEADINGS,
    (page) =>
      database.withTenant(keys.tenantId, (tx) => readMessages(tx, campaignId, { ...filter, ...page })),
    (row) => cells(keys, row, clear),
  );
}

/** Writes messages as CSV, one row for each, page by page in order of their keys. */
export async function* messagesCsv<Row extends MessageKey>(
  headings: readonly string[],
  read: (page: { readonly after: MessageKey | undefined; readonly limit: number }) => Promise<readonly Row[]>,
  cellsOf: (row: Row) => readonly string[],
): AsyncGenerator<string> {
  yield `\uFEFF${csvLine(headings)}`;
  for (let after: MessageKey | undefined; ;) {
    const rows = await read({ after, limit: PAGE });
    if (rows.length > 0) yield (await mapInSlices(rows, (row) => csvLine(cellsOf(row)))).join('');
    after = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}

function cells(keys: TenantKeys, row: ListedRow, clear: boolean): readonly string[] {
  const { contactId, territory, state, reason, acceptedAt } = row;
  const phone = phoneCell(keys, row, clear);
  const plain = [messageId(row), contactId ?? '', phone, territory, state, reason ?? '', acceptedAt ?? ''];
  return [...plain, ...chargeCells(row)];
}

const CHARGED: ReadonlySet<string> = new Set(['accepted', 'delivered', 'undelivered']);

/** Returns what the operator charges for a message: account, parts, cost and currency; empty cells for nothing. */
function chargeCells({ state, gateway, parts, price, currency }: ListedRow): readonly string[] {
  if (!CHARGED.has(state) || gateway === null || parts === null) return COST.map(() => '');
  const cost = price === null || currency === null ? '' : costOfParts(price, parts);
  return [gateway, String(parts), cost, cost === '' ? '' : (currency ?? '')];
}

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

type ListedRow = RowOf<typeof listedRows>;

interface MessagePage {
  readonly state?: string | undefined;
  readonly reason?: string | undefined;
  readonly after?: MessageKey | undefined;
  readonly limit: number;
}

/** Reads a page of a campaign's messages, in order of their keys. */
async function readMessages(tx: Transaction, campaignId: string, page: MessagePage): Promise<ListedRow[]> {
  const rows: ListedRow[] = [];
  for (const batch of await batchesOf(tx, campaignId, page)) {
    if (rows.length >= page.limit) break;
    rows.push(...(await readBatch(tx, batch, { ...page, limit: page.limit - rows.length })));
  }
  return rows;
}

const listedBatchRows = rowsOf('batch', ['id', 'territory']);

/** Lists the batches from that of the last message on, without those whose tally has no matching message. */
const batchesOf = (tx: Transaction, campaignId: string, { after, state, reason }: MessagePage) =>
  tx.rows(listedBatchRows.sql`
    SELECT b.id, b.territory FROM batch b
     WHERE b.campaign_id = ${campaignId}::uuid AND b.id >= ${after?.batchId ?? BEFORE_ALL}::uuid
       AND (${state === undefined && reason === undefined}::boolean
            OR (SELECT sum(t.delta) FROM tally t
                 WHERE t.batch_id = b.id AND ${inState('t', state)} AND ${forReason('t', reason)}) > 0)
     ORDER BY b.id`);

const inState = (table: 't' | 'm', state: string | undefined): RawBuilder<unknown> =>
  state === undefined ? sql`true` : sql`${sql.ref(`${table}.state`)} = ${state}::message_state`;

const forReason = (table: 't' | 'm', reason: string | undefined): RawBuilder<unknown> =>
  reason === undefined ? sql`true` : sql`${sql.ref(`${table}.reason`)} = ${reason}`;

/** Reads messages of one batch by their key, which stays fast however many people the campaign has. */
const readBatch = (
  tx: Transaction,
  { id, territory }: RowOf<typeof listedBatchRows>,
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

type SealedHolder = Pick<ListedRow, 'contactId' | 'sealed' | 'wrapped'>;

/** Returns the number of a row's person, masked unless `clear`; empty once the person is erased. */
export function phoneCell(keys: TenantKeys, row: SealedHolder, clear: boolean): string {
  const phone = holderOf(keys, row)?.phone ?? '';
  return clear || phone === '' ? phone : maskPhone(phone);
}

/** Decrypts the person of a row; undefined once they are erased. */
function holderOf(keys: TenantKeys, { contactId, sealed, wrapped }: SealedHolder): Person | undefined {
  if (contactId === null || sealed === null || wrapped === null) return undefined;
  // The people folder sealed a person here.
  return personKey(keys, contactId, wrapped).openPerson(sealed) as Person;
}
