import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';
import type { ReplyBecause, ReplyKind } from '../../sms/index.ts';

/** A reply as it is kept for one tenant. */
export interface KeptReply {
  readonly id: string;
  readonly receivedAt: string;
  readonly kind: ReplyKind;
  /** Empty for what came before reasons were kept. */
  readonly because: ReplyBecause | { readonly code?: undefined };
  readonly unclear: boolean;
  readonly contactId: string | null;
  readonly gateway: string;
  /** The booking that it answers, and the system that made it. */
  readonly seriesId: string | null;
  readonly source: string | null;
  readonly campaignId: string | null;
  readonly sealed: Buffer;
  readonly decidedAt: string | null;
  readonly decision: string | null;
}

const COLUMNS = sql`
  r.inbound_id AS id, iso(r.received_at) AS "receivedAt", r.reading AS kind, r.because, r.unclear,
  r.contact_id AS "contactId", a.name AS gateway, b.series_id AS "seriesId", s.source, b.campaign_id AS "campaignId", r.sealed, iso(r.decided_at) AS "decidedAt", r.decision`;

const FROM = sql`
  FROM reply r JOIN gateway_account a ON a.id = r.account_id
  LEFT JOIN batch b ON b.id = r.batch_id LEFT JOIN reminder_series s ON s.id = b.series_id`;

/** Replies in the order of their arrival, or those alone that a person must read. */
export const repliesOf = (
  tx: Transaction,
  page: {
    readonly limit: number;
    readonly after?: string | undefined;
    readonly unclear?: boolean | undefined;
    /** Those alone that answer bookings of this source. */
    readonly source?: string | undefined;
  },
): Promise<KeptReply[]> =>
  tx.rows(sql<KeptReply>`
    SELECT ${COLUMNS} ${FROM}
     WHERE r.tenant_id = ${tx.tenantId}::uuid
       AND (${page.source ?? null}::text IS NULL OR s.source = ${page.source ?? null}::text)
       AND (${page.after ?? null}::uuid IS NULL OR r.inbound_id > ${page.after ?? null}::uuid)
       AND (${page.unclear ?? null}::boolean IS NULL OR (r.unclear AND r.decided_at IS NULL) = ${page.unclear ?? null}::boolean)
     ORDER BY r.inbound_id LIMIT ${page.limit}`);

/** Replies that a person decided, the last decision first. */
export const decidedReplies = (
  tx: Transaction,
  page: {
    readonly limit: number;
    readonly after?: string | undefined;
    /** Those alone that answer bookings of this source. */
    readonly source?: string | undefined;
  },
): Promise<KeptReply[]> =>
  tx.rows(sql<KeptReply>`
    SELECT ${COLUMNS} ${FROM}
     WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.decided_at IS NOT NULL
       AND (${page.source ?? null}::text IS NULL OR s.source = ${page.source ?? null}::text)
       AND (${page.after ?? null}::uuid IS NULL OR (r.decided_at, r.inbound_id) <
         (SELECT o.decided_at, o.inbound_id FROM reply o WHERE o.tenant_id = r.tenant_id AND o.inbound_id = ${page.after ?? null}::uuid))
     ORDER BY r.decided_at DESC, r.inbound_id DESC LIMIT ${page.limit}`);

/** One reply. */
export const replyOf = (tx: Transaction, id: string): Promise<KeptReply | undefined> =>
  tx.first(sql<KeptReply>`
    SELECT ${COLUMNS} ${FROM}
     WHERE r.tenant_id = ${tx.tenantId}::uuid AND r.inbound_id = ${id}::uuid`);
