import { sql } from 'kysely';
import { col, computedRows, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import type { AssumptionFinding } from './assumption.ts';
import type { TriedText } from './judge.ts';
import type { TrialNews } from './telling.ts';
import { isCutShort } from './account-trial.repository.ts';
import type { Language } from '../../words/index.ts';

/** The questions of a trial to the person with the telephone. */
export type TrialQuestion = TriedText['id'] | 'stop';

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

const shownAndEndedRows = computedRows({
  shown: col.text<NonNullable<TriedText['shown']>>().orNull(),
  ended: col.flag(),
});

/** Returns the answer about a text; undefined before it, or `ended` once the trial has. */
export async function shownIn(
  tx: Transaction,
  id: string,
  text: TriedText['id'],
): Promise<TriedText['shown'] | 'ended' | undefined> {
  const row = await tx.first(shownAndEndedRows.sql`
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
