import { sql } from 'kysely';
import { col, computedRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { Scope } from '../consent/purpose.ts';

const listedSuppressionRows = rowsOf('suppression', ['id', 'since', 'source', 'recordedAt', 'liftedAt']).with(
  { purpose: col.of('suppression', 'scope').as<Scope>(), contactId: col.of('contact', 'id').orNull() },
);

/** A suppression for lists, without its number. */
export type ListedSuppression = RowOf<typeof listedSuppressionRows>;

/** The page; with a contact, the suppressions of their number, also once it is retired. */
export interface SuppressionsAsked {
  readonly contactId?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

export async function readSuppressionPage(
  tx: Transaction,
  page: SuppressionsAsked,
): Promise<ListedSuppression[]> {
  const from = page.after === undefined ? sql`true` : sql`s.id > ${page.after}::uuid`;
  const of =
    page.contactId === undefined
      ? sql`true`
      : sql`s.phone_index = (SELECT o.phone_index FROM contact o WHERE o.id = ${page.contactId}::uuid)`;
  return tx.rows(listedSuppressionRows.sql`
    SELECT s.id, s.scope AS purpose, iso(s.since) AS since, s.source, iso(s.recorded_at) AS "recordedAt",
           iso(s.lifted_at) AS "liftedAt", c.id AS "contactId"
      FROM suppression s
      LEFT JOIN contact c ON c.tenant_id = s.tenant_id AND c.phone_index = s.phone_index AND c.retired_at IS NULL
     WHERE s.tenant_id = ${tx.tenantId}::uuid AND ${from} AND ${of}
     ORDER BY s.id LIMIT ${page.limit}`);
}

const scopeRows = computedRows({ scope: col.of('suppression', 'scope').as<Scope>() });

/** Reads the suppressions of a number since an instant that lack their event. */
export async function readUnexplained(
  tx: Transaction,
  { phoneIndex, since }: { readonly phoneIndex: Buffer; readonly since: string },
): Promise<readonly Scope[]> {
  const rows = await tx.rows(scopeRows.sql`
    SELECT scope FROM suppression
     WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND since = ${since}::timestamptz AND event_id IS NULL`);
  return rows.map(({ scope }) => scope);
}
