import { sql, type RawBuilder } from 'kysely';
import {
  col,
  countRows,
  rowsOf,
  computedRows,
  type RowOf,
  type Transaction,
  type ProcessClock,
  type Database,
  sealOf,
  journalDoubt,
  type Vault,
} from '../../platform/index.ts';
import type { GatewayAccount } from '../../settings/index.ts';
import type { AssumptionFinding } from '../entry.ts';
import type { Language } from '../../words/index.ts';
import { type Gateway, haltsInForce } from '../../sending/index.ts';
import { everyTenant } from '../../company/index.ts';
import type { TriedText, TrialNews, TrialBound } from './judge.ts';

/** Maximum number of trials of one account in 24 hours: each costs messages, and reaches a telephone. */
export const MOST_TRIALS_A_DAY = 20;

/** Maximum time for which the operator's calls are copied for a trial. */
const LISTENS = '30 minutes';

/** A trial whose process has not renewed its hold for so long counts as abandoned. */
const DIES_AFTER = '60 seconds';

/** Begins a trial unless another goes on, or there were too many; an abandoned one counts as ended. */
export async function beginTrial(
  tx: Transaction,
  {
    id,
    accountId,
    at,
    order,
  }: {
    readonly id: string;
    readonly accountId: string;
    /** ISO, of the machine clock. */
    readonly at: string;
    /** For another process to run. */
    readonly order?: {
      readonly tenantId: string;
      readonly language: Language;
      readonly sealedPhone: Buffer;
    };
  },
): Promise<'begun' | 'under-way' | 'too-many'> {
  await endCutShort(tx, at);
  const row = await tx.first(countRows.sql`
    SELECT count(*)::int AS count FROM account_trial
     WHERE account_id = ${accountId}::uuid AND started_at > ${at}::timestamptz - interval '24 hours'`);
  if ((row?.count ?? 0) >= MOST_TRIALS_A_DAY) return 'too-many';
  const begun = await tx.run(sql`
    INSERT INTO account_trial (id, account_id, started_at, listens_until, beat_at, tenant_id, language, sealed_phone)
    VALUES (${id}::uuid, ${accountId}::uuid, ${at}::timestamptz, ${at}::timestamptz + ${LISTENS}::interval, ${at}::timestamptz,
            ${order?.tenantId ?? null}::uuid, ${order?.language ?? null}, ${order?.sealedPhone ?? null})
    ON CONFLICT DO NOTHING`);
  return begun === 1 ? 'begun' : 'under-way';
}

/** Says whether the trial's process is gone, at an instant; `t` is its row. */
const isCutShort = (at: string): RawBuilder<unknown> =>
  sql`(t.ended_at IS NULL AND (t.listens_until <= ${at}::timestamptz OR t.beat_at < ${at}::timestamptz - ${DIES_AFTER}::interval))`;

/** Ends every abandoned trial: it has no findings, and its number is removed. */
export const endCutShort = (tx: Transaction, at: string): Promise<number> =>
  tx.run(sql`
    UPDATE account_trial t SET ended_at = ${at}::timestamptz, sealed_phone = NULL, asks = NULL, turn = turn + 1 WHERE ${isCutShort(at)}`);

/** Renews the hold on a trial; false once it has ended. */
export const beatTrial = async (
  tx: Transaction,
  { id, at }: { readonly id: string; readonly at: string },
): Promise<boolean> =>
  (await tx.run(
    sql`UPDATE account_trial SET beat_at = ${at}::timestamptz WHERE id = ${id}::uuid AND ended_at IS NULL`,
  )) === 1;

/** Takes one text of a trial, once: a second caller gets false. */
export const takeText = async (
  tx: Transaction,
  { trialId, turn }: { readonly trialId: string; readonly turn: 1 | 2 },
): Promise<boolean> =>
  (await tx.run(sql`
    UPDATE account_trial SET texts = ${turn} WHERE id = ${trialId}::uuid AND texts = ${turn - 1} AND ended_at IS NULL`)) ===
  1;

const trialCallRows = rowsOf('account_trial_call', ['id', 'sealed']).with({
  /** Epoch milliseconds of the machine clock. */
  at: col.number(),
});

export type TrialCall = RowOf<typeof trialCallRows>;

export const trialCalls = (tx: Transaction, trialId: string): Promise<TrialCall[]> =>
  tx.rows(trialCallRows.sql`
    SELECT id, sealed, (extract(epoch FROM received_at) * 1000)::float8 AS at FROM account_trial_call
     WHERE trial_id = ${trialId}::uuid ORDER BY received_at, id`);

/** Counts a call with an account's secret and a wrong signature, while the account is tried. */
export const noteMisSigned = (tx: Transaction, accountId: string): Promise<number> =>
  tx.run(sql`
    UPDATE account_trial SET mis_signed = mis_signed + 1 WHERE account_id = ${accountId}::uuid AND ended_at IS NULL`);

/** Counts calls with a wrong signature during a trial. */
export async function misSigned(tx: Transaction, trialId: string): Promise<number> {
  const row = await tx.first(countRows.sql`
    SELECT mis_signed AS count FROM account_trial WHERE id = ${trialId}::uuid`);
  return row?.count ?? 0;
}

/** Ends a trial, unless it was ended as abandoned: its findings stay, the number and the calls are removed. */
export async function endTrial(
  tx: Transaction,
  {
    id,
    at,
    findings,
  }: { readonly id: string; readonly at: string; readonly findings: readonly object[] | null },
): Promise<void> {
  await tx.run(sql`
    UPDATE account_trial SET ended_at = ${at}::timestamptz, findings = ${findings && JSON.stringify(findings)}::jsonb,
           sealed_phone = NULL, asks = NULL, turn = turn + 1
     WHERE id = ${id}::uuid AND ended_at IS NULL`);
  await tx.run(sql`DELETE FROM account_trial_call WHERE trial_id = ${id}::uuid`);
}

/** Removes calls of trials that listen no longer, as after an abandoned one. */
export const forgetTrialCalls = (tx: Transaction, at: string): Promise<number> =>
  tx.run(sql`
    DELETE FROM account_trial_call c USING account_trial t
     WHERE t.id = c.trial_id AND (t.ended_at IS NOT NULL OR t.listens_until < ${at}::timestamptz)`);

/** Reads an account's receipts since an instant of the machine clock that wait for a message. */
export const receiptsSince = (
  tx: Transaction,
  { accountId, since }: { readonly accountId: string; readonly since: string },
): Promise<TrialCall[]> =>
  tx.rows(trialCallRows.sql`
    SELECT id, sealed, (extract(epoch FROM received_at) * 1000)::float8 AS at FROM receipt
     WHERE account_id = ${accountId}::uuid AND received_at >= ${since}::timestamptz AND sealed <> '' ORDER BY received_at LIMIT 500`);

/** Reads replies through an account to the transaction's tenant, from an id on that contains a moment. */
export const trialRepliesFrom = (
  tx: Transaction,
  { accountId, id }: { readonly accountId: string; readonly id: string },
): Promise<TrialCall[]> =>
  tx.rows(trialCallRows.sql`
    SELECT inbound_id AS id, sealed, 0::float8 AS at FROM reply
     WHERE tenant_id = ${tx.tenantId}::uuid AND account_id = ${accountId}::uuid AND inbound_id >= ${id}::uuid
     ORDER BY inbound_id LIMIT 500`);

/** Reads an account's unreadable PDUs since an instant of the machine clock. */
export async function unreadSince(
  tx: Transaction,
  { accountId, since }: { readonly accountId: string; readonly since: string },
): Promise<number> {
  const row = await tx.first(countRows.sql`
    SELECT count(*)::int AS count FROM unread_delivery
     WHERE account_id = ${accountId}::uuid AND wire = 'smpp' AND state = 'unread' AND received_at >= ${since}::timestamptz`);
  return row?.count ?? 0;
}

async function isAccountHalted(tx: Transaction, accountId: string): Promise<boolean> {
  const row = await tx.first(sql`SELECT FROM gateway_account WHERE id = ${accountId}::uuid AND halted`);
  return row !== undefined;
}

/** Says whether the transaction's tenant has suppressed a number, for whatever purpose. */
async function isSuppressed(tx: Transaction, phoneIndex: Buffer): Promise<boolean> {
  const row = await tx.first(sql`
    SELECT FROM suppression WHERE tenant_id = ${tx.tenantId}::uuid AND phone_index = ${phoneIndex} AND lifted_at IS NULL LIMIT 1`);
  return row !== undefined;
}

const lastTrialRows = rowsOf('gateway_account', ['name']).with({
  endedAt: col.of('account_trial', 'endedAt').known(),
  findings: col.of('account_trial', 'findings').as<AssumptionFinding[]>().known(),
});

/** The last finished trial of an account. */
export type LastTrial = RowOf<typeof lastTrialRows>;

/** Reads the last finished trial of each account. */
export const lastTrials = (tx: Transaction): Promise<LastTrial[]> =>
  tx.rows(lastTrialRows.sql`
    SELECT DISTINCT ON (t.account_id) g.name, iso(t.ended_at) AS "endedAt", t.findings
      FROM account_trial t JOIN gateway_account g ON g.id = t.account_id
     WHERE t.findings IS NOT NULL ORDER BY t.account_id, t.started_at DESC`);

type TrialQuestion = TriedText['id'] | 'stop';

const trialOrderRows = rowsOf('account_trial', ['id', 'accountId']).with({
  tenantId: col.of('account_trial', 'tenantId').known(),
  language: col.of('account_trial', 'language').known().as<Language>(),
  sealedPhone: col.of('account_trial', 'sealedPhone').known(),
  /** Epoch milliseconds of the machine clock. */
  startedMs: col.number(),
});

/** An ordered trial for this process to run. */
export type TrialOrder = RowOf<typeof trialOrderRows>;

/** The place of an ordered trial's sealed number, under the keys of its tenant. */
export const trialPhonePlace = (id: string) => ({ table: 'account_trial', column: 'sealed_phone', row: id });

/** Takes one order for a process with its account; it is never taken again. */
export const takeOrder = (
  tx: Transaction,
  about: { readonly conductor: string; readonly accountIds: readonly string[]; readonly at: string },
): Promise<TrialOrder | undefined> =>
  tx.first(trialOrderRows.sql`
    UPDATE account_trial SET conductor = ${about.conductor}::uuid, beat_at = ${about.at}::timestamptz, turn = turn + 1
     WHERE id = (SELECT id FROM account_trial
                  WHERE sealed_phone IS NOT NULL AND conductor IS NULL AND account_id = ANY (${[...about.accountIds]}::uuid[])
                  ORDER BY started_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, account_id AS "accountId", tenant_id AS "tenantId", language, sealed_phone AS "sealedPhone",
              (extract(epoch FROM started_at) * 1000)::float8 AS "startedMs"`);

/** Stores a trial's progress, for its page. */
export const tellTrial = (tx: Transaction, id: string, news: TrialNews): Promise<number> =>
  tx.run(sql`
    UPDATE account_trial SET news = ${JSON.stringify(news)}::jsonb, turn = turn + 1 WHERE id = ${id}::uuid AND ended_at IS NULL`);

/** Stores a trial's findings so far. */
export const tellFindings = (
  tx: Transaction,
  id: string,
  findings: readonly AssumptionFinding[],
): Promise<number> =>
  tx.run(sql`
    UPDATE account_trial SET so_far = ${JSON.stringify(findings)}::jsonb, turn = turn + 1 WHERE id = ${id}::uuid AND ended_at IS NULL`);

/** Stores a trial's question, or its end. */
export const askInTrial = (tx: Transaction, id: string, asks: TrialQuestion | null): Promise<number> =>
  tx.run(sql`
    UPDATE account_trial SET asks = ${asks}, turn = turn + 1 WHERE id = ${id}::uuid AND ended_at IS NULL`);

/** Answers what the telephone shows, once; false when it is not asked, or no longer. */
export const answerShown = async (
  tx: Transaction,
  about: {
    readonly id: string;
    readonly accountId: string;
    readonly text: TriedText['id'];
    readonly shown: TriedText['shown'];
  },
): Promise<boolean> =>
  (await tx.run(sql`
    UPDATE account_trial SET shown = shown || ${JSON.stringify({ [about.text]: about.shown })}::jsonb, asks = NULL, turn = turn + 1
     WHERE id = ${about.id}::uuid AND account_id = ${about.accountId}::uuid AND asks = ${about.text}`)) === 1;

const shownTrialRows = computedRows({
  shown: col.text<NonNullable<TriedText['shown']>>().orNull(),
  ended: col.flag(),
});

/** Returns the answer about a text; undefined before it, or `ended` once the trial has. */
export async function shownIn(
  tx: Transaction,
  id: string,
  text: TriedText['id'],
): Promise<TriedText['shown'] | 'ended' | undefined> {
  const row = await tx.first(shownTrialRows.sql`
    SELECT shown ->> ${text} AS shown, ended_at IS NOT NULL AS ended FROM account_trial WHERE id = ${id}::uuid`);
  if (row === undefined || row.ended) return 'ended';
  return row.shown ?? undefined;
}

const trialStatusRows = computedRows({
  id: col.text(),
  account: col.text(),
  /** `not-finished`: it ended without all observations, since its process did not go on. */
  state: col.text<'ordered' | 'under-way' | 'ended' | 'not-finished'>(),
  startedAt: col.text(),
  endedAt: col.text().orNull(),
  language: col.text<Language>().orNull(),
  asks: col.text<TrialQuestion>().orNull(),
  news: col.json<TrialNews>().orNull(),
  findings: col.json<AssumptionFinding[]>(),
  turn: col.number(),
});

/** The state of a trial. */
export type TrialStatus = RowOf<typeof trialStatusRows>;

const trialStatus = (at: string) => sql`
  SELECT t.id, g.name AS account, iso(t.started_at) AS "startedAt", iso(t.ended_at) AS "endedAt", t.language, t.news,
         CASE WHEN ${isCutShort(at)} THEN NULL ELSE t.asks END AS asks,
         coalesce(t.findings, t.so_far, '[]') AS findings, t.turn,
         CASE WHEN t.findings IS NOT NULL THEN 'ended'
              WHEN t.ended_at IS NOT NULL OR ${isCutShort(at)} THEN 'not-finished'
              WHEN t.sealed_phone IS NOT NULL AND t.conductor IS NULL THEN 'ordered' ELSE 'under-way' END AS state
    FROM account_trial t JOIN gateway_account g ON g.id = t.account_id`;

/** Reads the latest trial of an account at an instant of the machine clock, of any process. */
export const latestTrial = (
  tx: Transaction,
  { name, at }: { readonly name: string; readonly at: string },
): Promise<TrialStatus | undefined> =>
  tx.first(
    trialStatusRows.sql`${trialStatus(at)} WHERE g.name = ${name} ORDER BY t.started_at DESC, t.id DESC LIMIT 1`,
  );

/** Reads a trial by its id, at an instant of the machine clock. */
export const trialById = (
  tx: Transaction,
  { id, at }: { readonly id: string; readonly at: string },
): Promise<TrialStatus | undefined> =>
  tx.first(trialStatusRows.sql`${trialStatus(at)} WHERE t.id = ${id}::uuid`);

/** The dependencies of a trial. */
export interface TrialParts {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: ProcessClock;
  readonly account: GatewayAccount;
  readonly accountId: string;
  /** Opened for this trial alone. */
  readonly gateway: Gateway;
  /** The tenant whose sender is used, and which receives a STOP that names nobody. */
  readonly tenantId: string;
  readonly sender: string;
  readonly language: Language;
  /** Time limits for a receipt and for a reply, in milliseconds. */
  readonly waitMs: Readonly<Record<'receipt' | 'reply', number>>;
  /** Resolves after so many milliseconds. */
  readonly rest: (ms: number) => Promise<void>;
}

/**
 * Returns the obstacle to the next text of a trial: the seal, opt-outs on their way, a halt, or a STOP of that
 * number to any tenant. Checked before each text.
 */
export async function boundOfTrial(
  { database, vault, account, accountId, tenantId }: TrialParts,
  phone: string,
): Promise<TrialBound | undefined> {
  const held = await database.outside(async (tx): Promise<TrialBound | undefined> => {
    if ((await sealOf(tx)) !== undefined) return 'SEALED';
    if ((await journalDoubt(tx)) !== undefined) return 'JOURNAL_WAITS';
    return (await isAccountHalted(tx, accountId)) ? 'HALTED' : undefined;
  });
  if (held !== undefined) return held;
  const halts = await database.withTenant(tenantId, haltsInForce);
  if (halts.some(({ gateway }) => gateway === null || gateway === account.name)) return 'HALTED';
  return (await isSuppressedAnywhere({ database, vault }, phone)) ? 'SUPPRESSED' : undefined;
}

async function isSuppressedAnywhere(
  { database, vault }: Pick<TrialParts, 'database' | 'vault'>,
  phone: string,
): Promise<boolean> {
  const within = (work: (tx: Transaction) => Promise<string[]>) => database.outside(work);
  for await (const tenantId of everyTenant(within)) {
    const suppressed = await database.withTenant(tenantId, async (tx) =>
      isSuppressed(tx, (await vault.tenant(tx)).phoneIndex(phone)),
    );
    if (suppressed) return true;
  }
  return false;
}
