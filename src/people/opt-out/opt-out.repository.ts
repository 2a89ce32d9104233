import { sql } from 'kysely';

import { col, computedRows, tenantIdRows, type Transaction } from '../../platform/index.ts';
import type { Scope } from '../consent/purpose.ts';
import { raise } from '../../company/index.ts';
import { idAt } from '../consent/consent.repository.ts';

/** Finds the tenant of a link's person, before a tenant is known. */
export const tenantOfToken = async (tx: Transaction, contactId: string): Promise<string | undefined> =>
  (await tx.first(tenantIdRows.sql`SELECT tenant_id AS "tenantId" FROM tenant_of_token(${contactId}::uuid)`))
    ?.tenantId;

const scopeRows = computedRows({ scope: col.of('suppression', 'scope').as<Scope>() });

/** Returns the scopes suppressed for a number now. */
export const scopesLeftAlone = async (tx: Transaction, phoneIndex: Buffer): Promise<readonly Scope[]> =>
  (
    await tx.rows(scopeRows.sql`
      SELECT scope FROM suppression
       WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND lifted_at IS NULL`)
  ).map(({ scope }) => scope);

/** The webhook event of an opt-out; ids and codes only. */
export interface OptOutNews {
  readonly actor: string;
  /** Null for a number without a holder. */
  readonly contactId: string | null;
  readonly channel: string;
  readonly scopes: readonly string[];
  /** Ids of the series that it ended: the back office may phone. */
  readonly endedSeries: readonly string[];
}

/** Records opt-outs as events in the caller's transaction; notifications read them here. */
export async function announceOptOuts(
  tx: Transaction,
  news: readonly OptOutNews[],
  when: { readonly at: string; readonly machineMs: number },
): Promise<void> {
  if (news.length === 0) return;
  const rows = news.map(({ actor, contactId, ...details }) => ({
    id: idAt(when.machineMs),
    actor,
    subject: contactId,
    details,
  }));
  const noted = sql`
    INSERT INTO audit_entry (id, tenant_id, at, actor, action, subject, details)
    SELECT id, ${tx.tenantId}::uuid, ${when.at}::timestamptz, actor, 'consent.withdrawn', subject, details
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, actor text, subject text, details jsonb)`;
  const events = rows.map(({ actor: by, subject, details }) => ({
    type: 'consent.withdrawn' as const,
    subject,
    about: { ...details, by },
  }));
  await Promise.all([tx.run(noted), raise(tx, events, when.at)]);
}
