import { sql } from 'kysely';
import {
  col,
  computedRows,
  SUPPRESSIONS_PARKED,
  SUPPRESSIONS_UNREAD,
  type Transaction,
} from '../../platform/index.ts';

/** The halts that prevent all marks of a tenant on an account. */
type Halted =
  | { readonly code: 'SEALED' | 'HALTED' | 'SUPPRESSIONS_UNREAD' }
  | { readonly code: 'SUPPRESSIONS_PARKED'; readonly importId: string };

const codeAndImportIdRows = computedRows({
  code: col.text<NonNullable<Halted['code']>>().orNull(),
  importId: col.text().whereJoined(),
});

/** Returns the reason why no message of this tenant may be marked on the account: the seal, a halt, or an unread list. */
export async function haltOf(tx: Transaction, accountId: string): Promise<Halted | undefined> {
  const row = await tx.first(codeAndImportIdRows.sql`
    SELECT CASE WHEN i.sealed THEN 'SEALED'
                WHEN t.halted OR g.halted OR EXISTS (SELECT 1 FROM gateway_halt h WHERE h.account_id = g.id AND h.tenant_id = t.id) THEN 'HALTED'
                WHEN ${sql.raw(SUPPRESSIONS_UNREAD)} THEN CASE WHEN w.id IS NULL THEN 'SUPPRESSIONS_UNREAD' ELSE 'SUPPRESSIONS_PARKED' END END AS code, w.id AS "importId"
      FROM tenant t CROSS JOIN gateway_account g CROSS JOIN instance i CROSS JOIN LATERAL (SELECT t.id AS tenant_id) b
      CROSS JOIN LATERAL (SELECT ${sql.raw(SUPPRESSIONS_PARKED)} AS id) w
     WHERE t.id = ${tx.tenantId}::uuid AND g.id = ${accountId}::uuid`);
  const { code = null, importId = '' } = row ?? {};
  if (code === null) return undefined;
  return code === 'SUPPRESSIONS_PARKED' ? { code, importId } : { code };
}
