import { sql, type RawBuilder } from 'kysely';
import { col, countRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { MessageKey } from '../message/message-id.ts';
import type { MessageRecord } from '../message/message-view.repository.ts';

const uncertainMessageRows = rowsOf('message', ['reason', 'batchId', 'seq', 'contactId'])
  .and('batch', ['purpose', 'campaignId', 'seriesId'])
  .with({
    kind: col.of('batch', 'kind').as<MessageRecord['kind']>(),
    gateway: col.of('gateway_account', 'name'),
    markedAt: col.of('submission', 'markedAt').orNull(),
    sealed: col.of('contact', 'sealed').orNull(),
    wrapped: col.of('contact_key', 'wrapped').orNull(),
  });

/** One uncertain message. */
export type UncertainMessage = RowOf<typeof uncertainMessageRows>;

/** A selection of uncertain messages; an absent field excludes none. */
export interface InDoubt {
  readonly campaignId?: string | undefined;
  /** Name of the account that may hold them. */
  readonly gateway?: string | undefined;
  /** Start of their marks, by the machine clock, inclusive. */
  readonly from?: string | undefined;
  /** End of the marks, exclusive. */
  readonly to?: string | undefined;
  /** Messages of advertising or of reminders only; both when absent. */
  readonly kinds?: 'campaigns' | 'series' | undefined;
  readonly source?: string | undefined;
}

const messageKeyRows = rowsOf('message', ['batchId', 'seq']);

/** Reads the first uncertain messages, in order; only batches whose tally has some are read. */
export const keysInDoubt = async (
  tx: Transaction,
  which: InDoubt,
  most: number,
): Promise<readonly MessageKey[]> =>
  tx.rows(messageKeyRows.sql`
    ${doubtful(tx)} SELECT m.batch_id AS "batchId", m.seq ${uncertainOnes} ${among(which)}
     ORDER BY m.batch_id, m.seq LIMIT ${most}`);

/** Counts the messages of unknown outcome. */
export async function countInDoubt(tx: Transaction, which: InDoubt): Promise<number> {
  const counted = await tx.first(countRows.sql`
    ${doubtful(tx)} SELECT count(*)::int AS count ${uncertainOnes} ${among(which)}`);
  return counted?.count ?? 0;
}

const doubtful = (tx: Transaction): RawBuilder<unknown> => sql`
    WITH doubtful AS (
      SELECT t.batch_id FROM tally t WHERE t.tenant_id = ${tx.tenantId}::uuid AND t.state = 'uncertain'
       GROUP BY t.batch_id HAVING sum(t.delta) > 0)`;

const uncertainOnes = sql`
      FROM doubtful u JOIN message m ON m.batch_id = u.batch_id JOIN batch b ON b.id = m.batch_id
      LEFT JOIN submission s ON s.id = m.submission_id JOIN gateway_account g ON g.id = coalesce(s.account_id, b.account_id)
      LEFT JOIN campaign p ON p.id = b.campaign_id LEFT JOIN reminder_series r ON r.id = b.series_id
      LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN contact_key y ON y.contact_id = m.contact_id
     WHERE m.state = 'uncertain'`;

function among({ campaignId, gateway, from, to, kinds, source }: InDoubt): RawBuilder<unknown> {
  const conditions = [
    campaignId === undefined ? sql`` : sql`AND b.campaign_id = ${campaignId}::uuid`,
    gateway === undefined ? sql`` : sql`AND g.name = ${gateway}`,
    from === undefined ? sql`` : sql`AND s.marked_at >= ${from}::timestamptz`,
    to === undefined ? sql`` : sql`AND s.marked_at < ${to}::timestamptz`,
    kinds === undefined
      ? sql``
      : kinds === 'series'
        ? sql`AND b.series_id IS NOT NULL`
        : sql`AND b.campaign_id IS NOT NULL`,
    source === undefined ? sql`` : sql`AND coalesce(p.source, r.source) = ${source}`,
  ];
  return sql.join(conditions, sql` `);
}

/** A page of messages whose fate is unknown. */
export async function readUncertainMessages(
  tx: Transaction,
  page: { readonly after?: MessageKey | undefined; readonly limit: number; readonly reminders: boolean },
): Promise<UncertainMessage[]> {
  const { after, reminders } = page;
  const from =
    after === undefined ? sql`true` : sql`(m.batch_id, m.seq) > (${after.batchId}::uuid, ${after.seq}::int)`;
  return tx.rows(uncertainMessageRows.sql`
    ${doubtful(tx)}
    SELECT m.batch_id AS "batchId", m.seq, b.kind, b.purpose, g.name AS gateway, b.campaign_id AS "campaignId",
           b.series_id AS "seriesId", m.reason, iso(s.marked_at) AS "markedAt", m.contact_id AS "contactId", c.sealed, y.wrapped
      ${uncertainOnes} AND ${from} ${reminders ? sql`` : sql`AND b.series_id IS NULL`} ORDER BY m.batch_id, m.seq LIMIT ${page.limit}`);
}
