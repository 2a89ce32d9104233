import { sql } from 'kysely';
import { DateTime } from 'luxon';
import {
  addToWorkflowOutbox,
  idRows,
  tenantIdRows,
  col,
  computedRows,
  type Transaction,
  type RowOf,
} from '../../platform/index.ts';
import { answerOwed } from '../answers/acknowledgement.repository.ts';
import { showMoment, type MomentView } from '../../sms/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** An order to stop all marks, or its end. */
export interface Halt {
  readonly halted: boolean;
  readonly reason: string | undefined;
  /** ISO instant of the law clock. */
  readonly at: string;
  /** The author, as the audit names it. */
  readonly actor: string;
}

/** Halts everything of the tenant, or ends the halt. */
export async function haltTenant(tx: Transaction, { halted, reason, at, actor }: Halt): Promise<void> {
  // A second order while it is halted gives another reason; it is halted since the first.
  await tx.run(sql`
    UPDATE tenant SET halted = ${halted}, halt_reason = ${halted ? (reason ?? '') : null}, updated_at = ${at},
           halted_at = CASE WHEN ${halted} THEN coalesce(halted_at, ${at}::timestamptz) END,
           halted_by = ${halted ? actor : null}
     WHERE id = ${tx.tenantId}::uuid`);
}

/** Returns the id of an account, which is of the instance and no tenant's. */
export async function idOfAccountNamed(tx: Transaction, name: string): Promise<string | undefined> {
  return (await tx.first(idRows.sql`SELECT id FROM gateway_account WHERE name = ${name}`))?.id;
}

/** Halts the tenant's own messages on one account, or ends the halt. */
export async function haltAccountForTenant(tx: Transaction, accountId: string, halt: Halt): Promise<void> {
  if (!halt.halted) {
    await tx.run(sql`DELETE FROM gateway_halt WHERE account_id = ${accountId}::uuid`);
    return;
  }
  await tx.run(sql`
    INSERT INTO gateway_halt (tenant_id, account_id, reason, since, halted_by)
    VALUES (${tx.tenantId}, ${accountId}, ${halt.reason ?? ''}, ${halt.at}, ${halt.actor})
    ON CONFLICT (tenant_id, account_id) DO UPDATE SET reason = excluded.reason, halted_by = excluded.halted_by`);
}

/** Halts one account for every tenant, or ends the halt. */
export async function haltAccount(
  tx: Transaction,
  accountId: string,
  { halted, reason, at }: Omit<Halt, 'actor'>,
): Promise<void> {
  await tx.run(sql`
    UPDATE gateway_account SET halted = ${halted}, halt_reason = ${halted ? (reason ?? '') : null}, updated_at = ${at},
           halted_at = CASE WHEN ${halted} THEN coalesce(halted_at, ${at}::timestamptz) END
     WHERE id = ${accountId}::uuid`);
}

/** The reasons of the send path that a halt or the seal causes. */
const HELD = ['TENANT_HALTED', 'GATEWAY_HALTED', 'SEALED'];

/**
 * Replans at once what a halt held back; work held by another cause goes on waiting. The scheduler takes due work,
 * oldest first; answers to people have no due moment that it reads, and are signalled.
 */
export async function wakeHeld(
  tx: Transaction,
  { at, machineMs }: { readonly at: string; readonly machineMs: number },
): Promise<void> {
  const held = sql`next_action_at IS NOT NULL AND waiting->>'code' = ANY (${HELD})`;
  for (const table of ['batch', 'reminder_series'])
    await tx.run(sql`
      UPDATE ${sql.table(table)} SET next_action_at = least(next_action_at, ${at}::timestamptz), woken_at = NULL
       WHERE tenant_id = ${tx.tenantId}::uuid AND ${held}`);
  const owing = await tx.first(sql`
    SELECT 1 FROM batch WHERE tenant_id = ${tx.tenantId}::uuid AND kind = 'acknowledgements' AND ${held} LIMIT 1`);
  if (owing !== undefined) await addToWorkflowOutbox(tx, [answerOwed(tx.tenantId)], machineMs);
}

/** The same in every tenant that uses an account. */
export async function wakeHeldOn(
  tx: Transaction,
  accountId: string,
  when: { readonly at: string; readonly machineMs: number },
): Promise<void> {
  const users = await tx.rows(tenantIdRows.sql`
    SELECT tenant_id AS "tenantId" FROM tenants_of_account(${accountId}::uuid)`);
  for (const { tenantId } of users) await wakeHeld(await tx.as(tenantId), when);
}

const haltInForceRows = computedRows({
  /** The halted account; null for everything of the tenant. */
  gateway: col.text().orNull(),
  accountId: col.of('gateway_halt', 'accountId').orNull(),
  /** True when it halts an account for every tenant: then only the instance lifts it. */
  forAll: col.flag(),
  reason: col.of('tenant', 'haltReason').known(),
  since: col.of('gateway_halt', 'since').orNull(),
  by: col.of('tenant', 'haltedBy'),
  byName: col.of('api_key', 'name').orNull(),
});

type HaltInForce = RowOf<typeof haltInForceRows>;

const COLUMNS = sql`gateway, account_id AS "accountId", for_all AS "forAll", coalesce(reason, '') AS reason, iso(since) AS since, by, k.name AS "byName"`;

/** Returns the halts of the transaction's tenant: of the tenant first, then account by account. */
export async function haltsInForce(tx: Transaction): Promise<HaltInForce[]> {
  return tx.rows(haltInForceRows.sql`
    SELECT ${COLUMNS} FROM (
      SELECT 0 AS place, NULL AS gateway, NULL::uuid AS account_id, false AS for_all, t.halt_reason AS reason, t.halted_at AS since, t.halted_by AS by
        FROM tenant t WHERE t.id = ${tx.tenantId}::uuid AND t.halted
      UNION ALL
      SELECT 1, g.name, g.id, false, h.reason, h.since, h.halted_by
        FROM gateway_halt h JOIN gateway_account g ON g.id = h.account_id WHERE h.tenant_id = ${tx.tenantId}::uuid
      UNION ALL
      SELECT 2, g.name, g.id, true, g.halt_reason, g.halted_at, 'instance' FROM gateway_account g
       WHERE g.halted AND ${tx.tenantId}::uuid IN (SELECT tenant_id FROM tenants_of_account(g.id))) halt
      LEFT JOIN api_key k ON k.tenant_id = ${tx.tenantId}::uuid AND 'key:' || k.id = halt.by
     ORDER BY place, gateway`);
}

/** Words a halt: what, since when, by whom and why. */
export function haltSentence(
  halt: Pick<HaltInForce, 'gateway' | 'forAll' | 'reason' | 'since' | 'byName'>,
  view: MomentView,
): string {
  const { byName, reason, since } = halt;
  const words = wordsIn(view.language).tenant.halt;
  const parts = [
    whatOf(halt, view.language),
    ...(since === null ? [] : [words.since({ moment: momentOf(since, view) })]),
    ...(byName === null ? [] : [words.by({ name: byName })]),
    ...(reason === '' ? [] : [words.because({ reason })]),
  ];
  return `${parts.join('')}.`;
}

function whatOf({ gateway, forAll }: Pick<HaltInForce, 'gateway' | 'forAll'>, language: Language): string {
  const words = wordsIn(language).tenant.halt;
  if (gateway === null) return words.all;
  return forAll ? words.accountForAll({ gateway }) : words.account({ gateway });
}

function momentOf(since: string, view: MomentView): string {
  const { weekday, date, time } = showMoment(DateTime.fromISO(since), view);
  return `${weekday} ${date} ${time}`;
}
