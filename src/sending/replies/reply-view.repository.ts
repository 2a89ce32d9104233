import { sql } from 'kysely';
import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { ReplyBecause, ReplyKind } from '../../sms/index.ts';

const keptReplyRows = rowsOf('reply', [
  'receivedAt',
  'unclear',
  'contactId',
  'sealed',
  'decidedAt',
  'decision',
])
  .and('batch', ['seriesId', 'campaignId'])
  .with({
    id: col.of('reply', 'inboundId'),
    kind: col.of('reply', 'reading').as<ReplyKind>(),
    because: col.of('reply', 'because').as<ReplyBecause | { readonly code?: undefined }>(),
    gateway: col.of('gateway_account', 'name'),
    source: col.of('reminder_series', 'source').orNull(),
  });

/** A reply as kept for one tenant. */
export type KeptReply = RowOf<typeof keptReplyRows>;

const COLUMNS = sql`
  r.inbound_id AS id, iso(r.received_at) AS "receivedAt", r.reading AS kind, r.because, r.unclear,
  r.contact_id AS "contactId", a.name AS gateway, b.series_id AS "seriesId", s.source, b.campaign_id AS "campaignId", r.sealed, iso(r.decided_at) AS "decidedAt", r.decision`;

const FROM = sql`
  FROM reply r JOIN gateway_account a ON a.id = r.account_id
  LEFT JOIN batch b ON b.id = r.batch_id LEFT JOIN reminder_series s ON s.id = b.series_id`;

/** Reads replies in order of arrival, all or only those that a person must read. */
export const repliesOf = (
  tx: Transaction,
  page: {
    readonly limit: number;
    readonly after?: string | undefined;
    readonly unclear?: boolean | undefined;
    /** Selects replies to bookings of this source. */
    readonly source?: string | undefined;
  },
): Promise<KeptReply[]> =>
  tx.rows(keptReplyRows.sql`
    SELECT ${COLUMNS} ${FROM}
     WHERE r.tenant_id = ${tx.tenantId}::uuid
       AND (${page.source ?? null}::text IS NULL OR s.source = ${page.source ?? null}::text)
       AND (${page.after ?? null}::uuid IS NULL OR r.inbound_id > ${page.after ?? null}::uuid)
       AND (${page.unclear ?? null}::boolean IS NULL OR (r.unclear AND r.decided_at IS NULL) = ${page.unclear ?? null}::boolean)
     ORDER BY r.inbound_id LIMIT ${page.limit}`);

/** Reads replies that a person decided, the last decision first. */
export const decidedReplies = (
  tx: Transaction,
  page: {
    readonly limit: number;
    readonly after?: string | undefined;
    /** Selects replies to bookings of this source. */
    readonly source?: string | undefined;
  },
): Promise<KeptReply[]> =>
  tx.rows(keptReplyRows.sql`
    SELECT ${COLUMNS} ${FROM}
     WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.decided_at IS NOT NULL
       AND (${page.source ?? null}::text IS NULL OR s.source = ${page.source ?? null}::text)
       AND (${page.after ?? null}::uuid IS NULL OR (r.decided_at, r.inbound_id) <
         (SELECT o.decided_at, o.inbound_id FROM reply o WHERE o.tenant_id = r.tenant_id AND o.inbound_id = ${page.after ?? null}::uuid))
     ORDER BY r.decided_at DESC, r.inbound_id DESC LIMIT ${page.limit}`);

/** One reply. */
export const replyOf = (tx: Transaction, id: string): Promise<KeptReply | undefined> =>
  tx.first(keptReplyRows.sql`
    SELECT ${COLUMNS} ${FROM}
     WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.inbound_id = ${id}::uuid`);
