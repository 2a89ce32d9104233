import { col, type Ledger, rowsOf, type Statement, type Transaction } from '../../platform/index.ts';
import {
  askedOf,
  gateOf,
  lookValues,
  numbers,
  sharedLock,
  stillTheirs,
  type BatchKind,
  type MarkCandidate,
  type MarkLook,
} from '../attempt/look.repository.ts';
import type { Ownership } from '../batch/own.repository.ts';
import type { ReadyRow } from '../batch/page.repository.ts';

/** A message whose answer was lost, with its call. */
export interface LostRow extends ReadyRow {
  readonly submissionId: string;
  readonly key: string;
  readonly digest: Buffer;
  /** Milliseconds of machine time since the mark. */
  readonly sinceMarkMs: number;
  readonly resent: number;
}

const lostRows = rowsOf('submission', ['key', 'resent'])
  .and('message', ['seq', 'contactId'])
  .with({
    submissionId: col.of('submission', 'id'),
    digest: col.of('message', 'digest').known(),
    /** Milliseconds of machine time since the mark. */
    sinceMarkMs: col.number(),
    territory: col.of('contact', 'territory').orNull(),
    timeZone: col.of('contact', 'timeZone').orNull(),
    sealed: col.of('contact', 'sealed').orNull(),
    wrapped: col.of('contact_key', 'wrapped').orNull(),
    numberVersion: col.of('contact', 'numberVersion').orNull(),
  });

/** Reads uncertain messages of a batch whose call one account may repeat, in order; a call lost with the database may not be. */
export const readLost = (
  tx: Transaction,
  { batchId, accountId }: { readonly batchId: string; readonly accountId: string },
  most: number,
): Promise<LostRow[]> =>
  tx.rows(lostRows.sql`
    SELECT m.seq, m.contact_id AS "contactId", c.territory, c.time_zone AS "timeZone", c.sealed, y.wrapped,
           c.number_version AS "numberVersion", s.id AS "submissionId", s.key, m.digest, s.resent,
           (extract(epoch FROM clock_timestamp() - s.marked_at) * 1000)::float8 AS "sinceMarkMs"
      FROM message m JOIN submission s ON s.id = m.submission_id
      LEFT JOIN contact c ON c.id = m.contact_id LEFT JOIN contact_key y ON y.contact_id = m.contact_id
     WHERE m.batch_id = ${batchId} AND s.account_id = ${accountId} AND m.state = 'uncertain' AND m.reason <> 'SEALED' ORDER BY m.seq LIMIT ${most}`);

/**
 * Looks once more at the people of one call that is to be repeated, under the shared lock: everybody or nobody.
 * Says whether the call may be sent again. Nothing changes state: the outcome of its first time is still unknown.
 */
export async function lookAndRepeat(
  ledger: Ledger,
  ownership: Ownership,
  { look, candidates }: { readonly look: MarkLook; readonly candidates: readonly MarkCandidate[] },
): Promise<boolean> {
  const answers = await ledger.mark(ownership.tenantId, [
    sharedLock(ownership.batchId),
    repeat(ownership, look, candidates),
  ]);
  return numbers(answers.at(-1)?.[0]?.['taken']).length === candidates.length;
}

const repeat = (ownership: Ownership, look: MarkLook, candidates: readonly MarkCandidate[]): Statement => ({
  name: `repeat_${look.kind}`,
  text: repeatStatement(look.kind),
  values: lookValues(ownership, look, candidates),
});

/** The stored decision is the one of the last repetition. */
const repeatStatement = (kind: BatchKind): string => `
    WITH gate AS MATERIALIZED (${gateOf(kind)}),
    asked AS MATERIALIZED (${askedOf(kind)}),
    held AS (
      SELECT m.seq, m.submission_id FROM message m, asked a, gate
       WHERE m.batch_id = $1::uuid AND m.seq = a.seq AND m.state = 'uncertain' AND m.submission_id = a.submission_id AND a.why IS NULL
         AND m.digest = a.digest ${stillTheirs(kind)}
         FOR UPDATE OF m),
    repeated AS (
      UPDATE submission s SET resent = s.resent + 1, decision_id = coalesce($11::uuid, s.decision_id)
        FROM (SELECT submission_id AS id, count(*) AS people FROM held GROUP BY submission_id) h
       WHERE s.id = h.id AND s.messages = h.people AND s.key = ALL ($6::text[])
         AND $17::text IS NOT NULL AND $18::text IS NOT NULL
      RETURNING s.id)
    SELECT coalesce(array_agg(h.seq), '{}')::text AS taken FROM held h JOIN repeated r ON r.id = h.submission_id`;
