import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';

/** An order to mark nothing more, or its end. */
export interface Halt {
  readonly halted: boolean;
  readonly reason: string | undefined;
  /** ISO instant of the law clock. */
  readonly at: string;
}

/** Halts everything of the tenant, or lets it go on. */
export async function haltTenant(tx: Transaction, halt: Halt): Promise<void> {
  await tx.run(sql`
    UPDATE tenant SET halted = ${halt.halted}, halt_reason = ${halt.halted ? (halt.reason ?? '') : null}, updated_at = ${halt.at}
     WHERE id = ${tx.tenantId}::uuid`);
}

/** The id of an account by its name. */
export async function accountNamed(tx: Transaction, name: string): Promise<string | undefined> {
  return (await tx.first(sql<{ id: string }>`SELECT id FROM gateway_account WHERE name = ${name}`))?.id;
}

/** Halts the tenant's own messages on one account, or lets them go on. */
export async function haltAccountForTenant(tx: Transaction, accountId: string, halt: Halt): Promise<void> {
  if (!halt.halted) {
    await tx.run(sql`DELETE FROM gateway_halt WHERE account_id = ${accountId}::uuid`);
    return;
  }
  await tx.run(sql`
    INSERT INTO gateway_halt (tenant_id, account_id, reason, since)
    VALUES (${tx.tenantId}, ${accountId}, ${halt.reason ?? ''}, ${halt.at})
    ON CONFLICT (tenant_id, account_id) DO UPDATE SET reason = excluded.reason`);
}

/** Halts one account for every tenant, or lets it go on. */
export async function haltAccount(tx: Transaction, accountId: string, halt: Halt): Promise<void> {
  await tx.run(sql`
    UPDATE gateway_account SET halted = ${halt.halted}, halt_reason = ${halt.halted ? (halt.reason ?? '') : null},
           updated_at = ${halt.at} WHERE id = ${accountId}::uuid`);
}

/** Has everything open planned again soon: the waker takes what is due, oldest first. */
export async function wakeAfterHalt(tx: Transaction, at: string): Promise<void> {
  for (const statement of [
    sql`UPDATE campaign SET next_action_at = ${at}, woken_at = NULL
         WHERE status = 'running' AND next_action_at IS NOT NULL AND waiting->>'code' = 'OPERATOR'`,
    sql`UPDATE batch SET next_action_at = ${at}, woken_at = NULL
         WHERE state = 'open' AND next_action_at IS NOT NULL AND waiting->>'code' = 'OPERATOR'`,
    sql`UPDATE reminder_series SET next_action_at = ${at}, woken_at = NULL
         WHERE state = 'open' AND next_action_at IS NOT NULL AND waiting->>'code' = 'OPERATOR'`,
  ])
    await tx.run(statement);
}
