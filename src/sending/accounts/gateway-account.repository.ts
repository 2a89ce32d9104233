import { sql, type RawBuilder } from 'kysely';
import {
  idRows,
  col,
  rowsOf,
  tenantIdRows,
  type Transaction,
  type RowOf,
  type Clock,
} from '../../platform/index.ts';
import { uuidV7 } from '../../base/index.ts';
import { type TRANSFER_BASES, raiseOfAccounts, type WebhookEvent } from '../../company/index.ts';
import { type AccountBill, driftOf, type SubmissionCount } from './account.ts';

/**
 * Writes the configured accounts, by name; returns their ids. Safe to repeat in every process; a row that is no
 * longer configured stays for what it sent.
 */
export async function registerAccounts(
  tx: Transaction,
  accounts: readonly {
    readonly name: string;
    readonly kind: string;
    readonly fake: boolean;
    /** True when it carries messages that name no account. */
    readonly default: boolean;
    readonly ratePerSecond: number;
    readonly processor?: { readonly name: string; readonly country: string } | undefined;
  }[],
  when: { readonly at: string; readonly machineMs: number },
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const { name, kind, fake, ratePerSecond, processor, default: isDefault } of accounts) {
    const row = await tx.first(idRows.sql`
      INSERT INTO gateway_account (id, name, kind, fake, rate_per_second, processor_name, processor_country,
                                   is_default, updated_at)
      VALUES (${uuidV7(when.machineMs)}, ${name}, ${kind}, ${fake}, ${ratePerSecond}, ${processor?.name ?? null}, ${processor?.country ?? null},
              ${isDefault}, ${when.at})
      ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, fake = excluded.fake,
        rate_per_second = excluded.rate_per_second, processor_name = excluded.processor_name,
        processor_country = excluded.processor_country,
        is_default = excluded.is_default, updated_at = excluded.updated_at
      RETURNING id`);
    if (row !== undefined) ids.set(name, row.id);
  }
  const names = accounts.map(({ name }) => name);
  await tx.run(
    sql`UPDATE gateway_account SET is_default = false WHERE is_default AND name <> ALL (${names}::text[])`,
  );
  return ids;
}

interface AccountHealth {
  /** `up`, or the reason why it is not. */
  readonly state: string;
  /** Decimal; undefined when the operator does not report it. */
  readonly credit?: string | undefined;
  /** ISO instant of the machine clock. */
  readonly at: string;
}

const accountChangeRows = rowsOf('gateway_account', ['name']).with({
  was: col.text(),
  is: col.text(),
  /** Decimals; null while the operator does not report it. */
  had: col.text().orNull(),
  has: col.text().orNull(),
});

/** In the account's currency; with less, even a small campaign would be parked before its end. */
const CREDIT_ENOUGH = 10;

/**
 * Stores the state of an account, for everybody to see; undefined when there is no such one. An account refused for
 * want of credit answers all the same, or not for a minute: it stays without credit until its operator reports more
 * than before, or enough; until it accepts a message; or until somebody lets it be tried again.
 */
const noteHealth = (
  tx: Transaction,
  accountId: string,
  health: AccountHealth,
): Promise<RowOf<typeof accountChangeRows> | undefined> =>
  tx.first(accountChangeRows.sql`
    WITH asked AS (
      SELECT a.id, a.state = 'credit' AND ${health.state} NOT IN ('credit', 'config')
                   AND NOT ${creditCame(health)} AND NOT coalesce(t.calls > a.calls_then, false) AS stays, t.calls
        FROM gateway_account a CROSS JOIN LATERAL (${callsTaken}) t WHERE a.id = ${accountId})
    UPDATE gateway_account g SET state = CASE WHEN stays THEN state ELSE ${health.state} END,
           calls_then = CASE WHEN stays THEN coalesce(calls_then, asked.calls) END,
           credit = coalesce(${health.credit ?? null}::numeric, credit), updated_at = ${health.at}
      FROM asked WHERE g.id = asked.id
    RETURNING g.name, OLD.state AS was, NEW.state AS "is", OLD.credit::text AS had, NEW.credit::text AS has`);

const creditCame = ({ credit }: AccountHealth): RawBuilder<boolean> => sql`
  coalesce(${credit ?? null}::numeric >= ${CREDIT_ENOUGH} OR ${credit ?? null}::numeric > coalesce(a.credit, 0), false)`;

/**
 * Counts the calls that account `a` accepted, by its workers; the first count after a refusal includes calls already
 * under way.
 */
const callsTaken = sql`
  SELECT coalesce(sum(s.calls), 0)::bigint AS calls FROM submission_count s WHERE s.account_id = a.id AND s.outcome = 'accepted'`;

/** Notes that the operator's list of opt-outs was read: it is known here. */
export const noteListPulled = (tx: Transaction, accountId: string, at: string): Promise<number> =>
  tx.run(sql`
    UPDATE gateway_account SET proven_at = ${at}, proven_how = 'list-pulled', updated_at = ${at}
     WHERE id = ${accountId} AND (proven_at IS NULL OR proven_how = 'list-pulled')`);

/** Lets an account without credit be tried again, by an operator's order: its next answer decides. */
export const trustAccount = (tx: Transaction, accountId: string): Promise<number> =>
  trust(tx, sql`id = ${accountId}::uuid`);

const trust = (tx: Transaction, which: RawBuilder<unknown>): Promise<number> =>
  tx.run(sql`UPDATE gateway_account SET state = 'unknown' WHERE state = 'credit' AND ${which}`);

/** The same, by the order of its only tenant: an account that others use as well is not theirs to try. */
export const trustOwnAccount = (tx: Transaction, accountId: string): Promise<number> =>
  trust(
    tx,
    sql`id = ${accountId}::uuid
       AND NOT EXISTS (SELECT 1 FROM tenants_of_account(${accountId}::uuid) WHERE tenant_id <> ${tx.tenantId}::uuid)`,
  );

/** The same for every account that carries a campaign. */
export const trustAccountsOf = (tx: Transaction, campaignId: string): Promise<number> =>
  trust(
    tx,
    sql`id IN (SELECT account_id FROM campaign WHERE id = ${campaignId}::uuid
               UNION SELECT account_id FROM batch WHERE campaign_id = ${campaignId}::uuid)`,
  );

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

/** Adds to the counts of all workers of that day; older counts than a season are removed. */
export async function addBills(tx: Transaction, bills: readonly AccountBill[]): Promise<void> {
  if (bills.length === 0) return;
  await tx.run(sql`
    INSERT INTO account_bill AS b (account_id, counted_on, messages, parts_ours, parts_told, cost_ours, cost_told)
    SELECT r."accountId", (clock_timestamp() AT TIME ZONE 'UTC')::date, r.messages, r."partsOurs", r."partsReported",
           r."costOurs" / 1000000, r."costReported" / 1000000
      FROM jsonb_to_recordset(${JSON.stringify(bills)}::jsonb)
        AS r("accountId" uuid, messages bigint, "partsOurs" bigint, "partsReported" bigint, "costOurs" numeric, "costReported" numeric)
     ORDER BY 1
    ON CONFLICT (account_id, counted_on) DO UPDATE SET messages = b.messages + excluded.messages,
      parts_ours = b.parts_ours + excluded.parts_ours, parts_told = b.parts_told + excluded.parts_told,
      cost_ours = b.cost_ours + excluded.cost_ours, cost_told = b.cost_told + excluded.cost_told`);
  await tx.run(
    sql`DELETE FROM account_bill WHERE counted_on < (clock_timestamp() AT TIME ZONE 'UTC')::date - 90`,
  );
}

const recentBillsRows = rowsOf('gateway_account', ['name']).with({
  accountId: col.of('gateway_account', 'id'),
  messages: col.number(),
  partsOurs: col.number(),
  partsReported: col.number(),
  costOurs: col.number(),
  costReported: col.number(),
});

/** Returns the operators' counts of the last seven days, by account. */
export const recentBills = (tx: Transaction): Promise<(AccountBill & { readonly name: string })[]> =>
  tx.rows(recentBillsRows.sql`
    SELECT g.id AS "accountId", g.name, sum(b.messages)::float8 AS messages, sum(b.parts_ours)::float8 AS "partsOurs",
           sum(b.parts_told)::float8 AS "partsReported", round(sum(b.cost_ours) * 1000000)::float8 AS "costOurs",
           round(sum(b.cost_told) * 1000000)::float8 AS "costReported"
      FROM account_bill b JOIN gateway_account g ON g.id = b.account_id
     WHERE b.counted_on > (clock_timestamp() AT TIME ZONE 'UTC')::date - 7 GROUP BY 1, 2 ORDER BY 2`);

/** Adds to the counts of all workers. */
export async function addSubmissionCounts(
  tx: Transaction,
  counts: readonly SubmissionCount[],
): Promise<void> {
  if (counts.length === 0) return;
  await tx.run(sql`
    INSERT INTO submission_count AS c (account_id, outcome, reason, calls, messages, seconds)
    SELECT r."accountId", r.outcome, r.reason, r.calls, r.messages, r.seconds
      FROM jsonb_to_recordset(${JSON.stringify(counts)}::jsonb)
        AS r("accountId" uuid, outcome text, reason text, calls bigint, messages bigint, seconds double precision)
     ORDER BY 1, 2, 3
    ON CONFLICT (account_id, outcome, reason) DO UPDATE SET calls = c.calls + excluded.calls,
      messages = c.messages + excluded.messages, seconds = c.seconds + excluded.seconds`);
}

/** Interval within which an account that goes down and up is reported once, in hours. */
const QUIET_HOURS = 1;

/** Returns the events of a change: the account went down, or its credit runs low; an unchanged state is no event. */
export function accountNews({ name, was, is, had, has }: RowOf<typeof accountChangeRows>): WebhookEvent[] {
  const isLow = has !== null && Number(has) < CREDIT_ENOUGH && (had === null || Number(had) >= CREDIT_ENOUGH);
  const about = { gateway: name, code: is.toUpperCase() };
  return [
    ...(is !== 'up' && is !== 'unknown' && is !== was
      ? [{ type: 'gateway.down' as const, subject: null, about }]
      : []),
    ...(isLow || (is === 'credit' && was !== is)
      ? [{ type: 'gateway.credit-low' as const, subject: null, about: { gateway: name, credit: has } }]
      : []),
  ];
}

/**
 * Stores the state of an account, and raises its events for every tenant that sends through it. One commit for
 * both: only a change is an event, and a later look finds none. The last act of its transaction, which belongs to
 * another tenant afterwards.
 */
export async function noteAccount(
  tx: Transaction,
  clock: Pick<Clock, 'now'>,
  { accountId, ...health }: AccountHealth & { readonly accountId: string },
): Promise<void> {
  const change = await noteHealth(tx, accountId, health);
  const news = change === undefined ? [] : accountNews(change);
  if (news.length > 0)
    await raiseFor(tx, accountId, { news, at: clock.now().toISO(), quietHours: QUIET_HOURS });
}

/** Raises events for every tenant that sends through an account, before a tenant is known. */
async function raiseFor(
  tx: Transaction,
  accountId: string,
  { news, ...when }: { readonly news: WebhookEvent[]; readonly at: string; readonly quietHours: number },
): Promise<void> {
  const users = await tx.rows(tenantIdRows.sql`
    SELECT tenant_id AS "tenantId" FROM tenants_of_account(${accountId}::uuid)`);
  for (const { tenantId } of users) await raiseOfAccounts(await tx.as(tenantId), news, when);
}

const REPEATED_AFTER_HOURS = 24;

/**
 * Notifies every tenant of an account whose operator's count differs from ours, once a day. The last act of its
 * transaction, which belongs to another tenant afterwards.
 */
export async function tellOfDrifts(tx: Transaction, clock: Pick<Clock, 'now'>): Promise<void> {
  for (const bill of await recentBills(tx)) {
    const { isAlarming, parts, cost } = driftOf(bill);
    const about = { gateway: bill.name, parts, cost };
    const news = [{ type: 'gateway.cost-drift' as const, subject: null, about }];
    const when = { at: clock.now().toISO(), quietHours: REPEATED_AFTER_HOURS };
    if (isAlarming) await raiseFor(tx, bill.accountId, { news, ...when });
  }
}
