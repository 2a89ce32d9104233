import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';
import type { Scope } from '../consent/purpose.ts';

/** Whose person a link names; asked before a tenant is known. */
export const tenantOfToken = async (tx: Transaction, contactId: string): Promise<string | undefined> =>
  (
    await tx.first(
      sql<{ tenantId: string }>`SELECT tenant_id AS "tenantId" FROM tenant_of_token(${contactId}::uuid)`,
    )
  )?.tenantId;

/** What is left alone of a number now. */
export const scopesLeftAlone = async (tx: Transaction, phoneIndex: Buffer): Promise<readonly Scope[]> =>
  (
    await tx.rows(sql<{ scope: Scope }>`
      SELECT scope FROM suppression
       WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND lifted_at IS NULL`)
  ).map(({ scope }) => scope);
