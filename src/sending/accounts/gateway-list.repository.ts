import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { TRANSFER_BASES } from '../../company/index.ts';

const gatewayStateRows = rowsOf('gateway_account', [
  'name',
  'state',
  'halted',
  'haltReason',
  'credit',
  'lastReceiptAt',
  'lastStopAt',
  'provenAt',
]).with({
  ownHaltReason: col.of('gateway_halt', 'reason').orNull(),
  /** Unreadable calls of its operator that are still kept. */
  unread: col.number(),
  ownReceiptAt: col.of('account_heard', 'lastReceiptAt').orNull(),
  ownStopAt: col.text().orNull(),
  how: col.of('gateway_account', 'provenHow'),
  /** The basis of a transfer of the tenant's data to the account's processor, where an admin recorded one. */
  transfer: col
    .json<{
      readonly basis: (typeof TRANSFER_BASES)[number];
      readonly documentRef: string;
      readonly country: string;
      readonly recordedAt: string;
    }>()
    .orNull(),
});

/** The known state of an account besides its configuration. */
export type GatewayState = RowOf<typeof gatewayStateRows>;

/** Reads the state of every account, with the halts of the transaction's tenant. */
export async function gatewayStates(tx: Transaction): Promise<GatewayState[]> {
  return tx.rows(gatewayStateRows.sql`
    SELECT g.name, g.state, g.halted, g.halt_reason AS "haltReason", h.reason AS "ownHaltReason", g.credit::text AS credit,
           iso(g.last_receipt_at) AS "lastReceiptAt", iso(g.last_stop_at) AS "lastStopAt", iso(o.last_receipt_at) AS "ownReceiptAt",
           (SELECT iso(max(r.received_at)) FROM reply r WHERE r.account_id = g.id AND r.reading IN ('stop', 'stop-all')) AS "ownStopAt",
           (SELECT count(*)::int FROM unread_delivery u WHERE u.account_id = g.id AND u.state = 'unread') AS unread,
           iso(g.proven_at) AS "provenAt", g.proven_how AS how,
           CASE WHEN t.basis IS NOT NULL THEN jsonb_build_object('basis', t.basis, 'documentRef', t.document_ref,
             'country', t.country, 'recordedAt', iso(t.recorded_at)) END AS transfer
      FROM gateway_account g LEFT JOIN gateway_halt h ON h.account_id = g.id
      LEFT JOIN account_heard o ON o.account_id = g.id
      LEFT JOIN transfer_basis t ON t.account_id = g.id ORDER BY g.name`);
}
