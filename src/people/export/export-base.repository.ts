import { col, computedRows, idRows, type Transaction } from '../../platform/index.ts';
import type { ExclusionReason } from '../eligibility/exclusion.ts';
import type { ConsentPurpose } from '../consent/consent-event.ts';
import { unreached, type ReachTerms } from '../eligibility/eligibility.repository.ts';

/** The people a file covers. */
export interface BaseFilter {
  /** People named by that import. */
  readonly importId?: string | undefined;
  /** People with an act on that purpose. */
  readonly purpose?: ConsentPurpose | undefined;
  /** People who may, or may not, be written to for it; for any purpose when none is named. */
  readonly sendable?: boolean | undefined;
}

/** Reads the ids of a page of people who hold a number now, in order of creation. */
export async function readBasePage(
  tx: Transaction,
  { importId, purpose, sendable }: BaseFilter,
  page: ReachTerms & { readonly after: string | undefined; readonly limit: number },
): Promise<string[]> {
  const asks = purpose !== undefined || sendable !== undefined;
  const rows = await tx.rows(idRows.sql`
    SELECT c.id FROM contact c
     WHERE c.tenant_id = ${tx.tenantId}::uuid AND c.retired_at IS NULL
       AND (${page.after ?? null}::uuid IS NULL OR c.id > ${page.after ?? null}::uuid)
       AND (${importId ?? null}::uuid IS NULL
            OR EXISTS (SELECT 1 FROM import_row r WHERE r.import_id = ${importId ?? null}::uuid AND r.contact_id = c.id))
       AND (NOT ${asks}::boolean OR EXISTS (
             SELECT 1 FROM consent k WHERE k.contact_id = c.id
                AND (${purpose ?? null}::text IS NULL OR k.purpose = ${purpose ?? null})
                AND (${sendable ?? null}::boolean IS NULL OR (${unreached(page)} IS NULL) = ${sendable ?? null})))
     ORDER BY c.id LIMIT ${page.limit}`);
  return rows.map(({ id }) => id);
}

const reachRows = computedRows({
  contactId: col.of('contact', 'id'),
  purpose: col.of('consent', 'purpose').as<ConsentPurpose>(),
  why: col.text<ExclusionReason>().orNull(),
});

/** Reads the reasons of exclusion of some people, by person and purpose with an act; null where they are eligible. */
export async function reachOf(
  tx: Transaction,
  contactIds: readonly string[],
  terms: ReachTerms,
): Promise<ReadonlyMap<string, ExclusionReason | null>> {
  const rows = await tx.rows(reachRows.sql`
    SELECT c.id AS "contactId", k.purpose, ${unreached(terms)} AS why
      FROM contact c JOIN consent k ON k.contact_id = c.id WHERE c.id = ANY(${contactIds}::uuid[])`);
  return new Map(rows.map(({ contactId, purpose, why }) => [reachKey({ contactId, purpose }), why]));
}

/** Builds the key of one person and one purpose. */
export const reachKey = (said: { readonly contactId: string; readonly purpose: ConsentPurpose }): string =>
  `${said.contactId} ${said.purpose}`;
